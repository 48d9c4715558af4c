"""Compliance: holds histories against the definition they ran under."""

from yingshang_flow.compliance.audit import audit, audit_all
from yingshang_flow.compliance.finding import Audit, Finding, Outcome, Verdict

__all__ = ["Audit", "Finding", "Outcome", "Verdict", "audit", "audit_all"]
