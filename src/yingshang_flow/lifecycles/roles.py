"""The parts people play in the shipped procedures."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from yingshang_flow.core.actor import Role
from yingshang_flow.words import Label

OFFICE: Final = Role("office", Label("营商环境建设监督办公室", "business environment office"))
SECRETARY_GENERAL: Final = Role("secretary_general", Label("秘书长", "secretary-general"))
LEADER: Final = Role("leader", Label("市领导", "city leader"))
SUBJECT: Final = Role("subject", Label("约谈对象", "interviewed subject"))
PLATFORM: Final = Role("platform", Label("8890平台", "8890 platform"))
COMPLAINT_BODY: Final = Role("complaint_body", Label("投诉处理机构", "complaint body"))
UNDERTAKER: Final = Role("undertaker", Label("承办单位", "undertaking unit"))
COMPLAINANT: Final = Role("complainant", Label("投诉人、举报人", "complainant"), private=True)
SUPERVISOR: Final = Role("supervisor", Label("营商环境主管部门", "supervising department"))
CAMPAIGN_OFFICE: Final = Role("campaign_office", Label("领导小组办公室", "campaign office"))
LEAD_UNIT: Final = Role("lead_unit", Label("牵头单位", "lead unit"))
RESPONSIBLE_UNIT: Final = Role("responsible_unit", Label("责任单位", "responsible unit"))
INSPECTOR: Final = Role("inspector", Label("督查机构", "inspection body"))
DISCIPLINE: Final = Role("discipline", Label("纪检监察机关", "discipline inspection"))
REVIEWER: Final = Role("reviewer", Label("评价人", "reviewer"), private=True)
STEWARD: Final = Role("steward", Label("项目管家", "project steward"))
ENTERPRISE: Final = Role("enterprise", Label("企业", "enterprise"))

ROLES: Final[Mapping[str, Role]] = MappingProxyType(
    {
        role.key: role
        for role in (
            OFFICE,
            SECRETARY_GENERAL,
            LEADER,
            SUBJECT,
            PLATFORM,
            COMPLAINT_BODY,
            UNDERTAKER,
            COMPLAINANT,
            SUPERVISOR,
            CAMPAIGN_OFFICE,
            LEAD_UNIT,
            RESPONSIBLE_UNIT,
            INSPECTOR,
            DISCIPLINE,
            REVIEWER,
            STEWARD,
            ENTERPRISE,
        )
    }
)
"""Every role by its stored key."""
