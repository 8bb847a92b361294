"""The record: what was imported, set, trained, planned and decided; nothing is only on a page."""

from core.store.agents import AgentRecord, AgentStore, NewAgent
from core.store.datasets import KINDS, DatasetRecord, DatasetStore, NewDataset
from core.store.decisions import DecisionRecord, DecisionStore
from core.store.files import FileStore, sha256_of
from core.store.job_record import UNFINISHED, WORKING, JobRecord, JobStatus, WorkerIdentity
from core.store.jobs import JobStore
from core.store.plain import fingerprint, plain, to_json
from core.store.runs import RunRecord, RunStore
from core.store.settings import SettingRecord, SettingStore
from core.store.store import REPOSITORY, Store, default_home, open_store

__all__ = [
    "KINDS",
    "REPOSITORY",
    "UNFINISHED",
    "WORKING",
    "AgentRecord",
    "AgentStore",
    "DatasetRecord",
    "DatasetStore",
    "DecisionRecord",
    "DecisionStore",
    "FileStore",
    "JobRecord",
    "JobStatus",
    "JobStore",
    "NewAgent",
    "NewDataset",
    "RunRecord",
    "RunStore",
    "SettingRecord",
    "SettingStore",
    "Store",
    "WorkerIdentity",
    "default_home",
    "fingerprint",
    "open_store",
    "plain",
    "sha256_of",
    "to_json",
]
