//! Tests of the Kubernetes connector against a scripted API server.
