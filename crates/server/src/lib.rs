//! The backend as a library: use cases, HTTP, jobs, configuration
