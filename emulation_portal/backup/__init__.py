"""Backup and restore: database and files as one consistent whole, checked before anything is overwritten."""
