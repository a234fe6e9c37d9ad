//! Bellhop's memory: SQLite, migrations, jobs and the audit chain
