-- A store as version 1 of the schema left it: what `sqlite3 cases.db .dump` says, with the two numbers of the header.
PRAGMA application_id = 1498629719;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE ysf_cases (
        case_id TEXT NOT NULL PRIMARY KEY, revision INTEGER NOT NULL, lifecycle TEXT NOT NULL,
        fingerprint TEXT NOT NULL, state TEXT NOT NULL, final INTEGER NOT NULL, reference TEXT, parent TEXT,
        origin TEXT, units TEXT NOT NULL, head TEXT NOT NULL, text TEXT NOT NULL
    );
INSERT INTO "ysf_cases" VALUES('parent',1,'complaint','of 投诉','received',0,NULL,NULL,NULL,'[]','hash of parent 第1步','after parent 第1步');
INSERT INTO "ysf_cases" VALUES('case',2,'complaint','a fingerprint','accepted',0,'12345','parent','origin','["鲅鱼圈区"]','hash of case 第2步','after case 第2步');
INSERT INTO "ysf_cases" VALUES('closed',1,'complaint','a fingerprint','closed',1,NULL,NULL,NULL,'[]','hash of closed 第1步','after closed 第1步');
CREATE TABLE ysf_deadlines (
        case_id TEXT NOT NULL, limit_key TEXT NOT NULL, obligor TEXT NOT NULL, number INTEGER NOT NULL,
        status TEXT NOT NULL, due TEXT NOT NULL, owed INTEGER NOT NULL, alarm INTEGER,
        PRIMARY KEY (case_id, limit_key, obligor, number)
    ) WITHOUT ROWID
    ;
INSERT INTO "ysf_deadlines" VALUES('case','answer','',1,'running','2026-01-09',1,7);
INSERT INTO "ysf_deadlines" VALUES('case','answer','',2,'running','2026-01-09',1,5);
INSERT INTO "ysf_deadlines" VALUES('case','answer','',3,'met','2026-01-09',0,NULL);
INSERT INTO "ysf_deadlines" VALUES('closed','answer','',1,'met','2026-01-09',0,NULL);
CREATE TABLE ysf_definitions (
        fingerprint TEXT NOT NULL PRIMARY KEY, lifecycle TEXT NOT NULL, version INTEGER NOT NULL,
        profile TEXT NOT NULL, text TEXT NOT NULL
    );
INSERT INTO "ysf_definitions" VALUES('of 投诉','complaint',3,'bayuquan-2018','{}');
CREATE TABLE ysf_records (
        case_id TEXT NOT NULL, revision INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT, recorded_at INTEGER NOT NULL,
        hash TEXT NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY (case_id, revision)
    );
INSERT INTO "ysf_records" VALUES('parent',1,'act',NULL,1700000000000001,'hash of parent 第1步','parent 第1步');
INSERT INTO "ysf_records" VALUES('case',1,'act','key',1700000000000001,'hash of case 第1步','case 第1步');
INSERT INTO "ysf_records" VALUES('case',2,'act',NULL,1700000000000002,'hash of case 第2步','case 第2步');
INSERT INTO "ysf_records" VALUES('closed',1,'act',NULL,1700000000000001,'hash of closed 第1步','closed 第1步');
CREATE TABLE ysf_units (
        unit TEXT NOT NULL, case_id TEXT NOT NULL, final INTEGER NOT NULL,
        PRIMARY KEY (unit, case_id)
    ) WITHOUT ROWID
    ;
INSERT INTO "ysf_units" VALUES('鲅鱼圈区','case',0);
CREATE TABLE ysf_vault (
        commitment TEXT NOT NULL PRIMARY KEY, case_id TEXT NOT NULL, salt TEXT NOT NULL, text TEXT NOT NULL
    );
INSERT INTO "ysf_vault" VALUES('secret','case','salt of secret','“secret”');
INSERT INTO "ysf_vault" VALUES('another','case','salt of another','“another”');
CREATE UNIQUE INDEX ysf_records_key ON ysf_records (key) WHERE key IS NOT NULL;
CREATE UNIQUE INDEX ysf_cases_reference ON ysf_cases (reference, lifecycle) WHERE reference IS NOT NULL;
CREATE INDEX ysf_cases_parent ON ysf_cases (parent, case_id) WHERE parent IS NOT NULL;
CREATE INDEX ysf_cases_origin ON ysf_cases (origin, case_id) WHERE origin IS NOT NULL;
CREATE INDEX ysf_cases_state ON ysf_cases (state, case_id);
CREATE INDEX ysf_cases_lifecycle ON ysf_cases (lifecycle, case_id);
CREATE INDEX ysf_cases_open ON ysf_cases (case_id) WHERE final = 0;
CREATE INDEX ysf_units_open ON ysf_units (unit, case_id) WHERE final = 0;
CREATE INDEX ysf_deadlines_alarm ON ysf_deadlines (alarm, case_id, limit_key, obligor, number)
    WHERE alarm IS NOT NULL
    ;
CREATE INDEX ysf_deadlines_owed ON ysf_deadlines (due, case_id, limit_key, obligor, number)
    WHERE owed = 1
    ;
CREATE INDEX ysf_vault_case ON ysf_vault (case_id, commitment);
COMMIT;
