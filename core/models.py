from core.audit.models import AuditEvent, AuditHead

__all__ = ["AuditEvent", "AuditHead"]
