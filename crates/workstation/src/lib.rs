//! What touches the engineer's own machine: kubeconfig, paths, finding the backend
