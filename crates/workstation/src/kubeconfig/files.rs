//! Which kubeconfig files there are, chosen the way kubectl chooses.

use std::path::{Path, PathBuf};

use super::error::KubeconfigError;
use crate::env::Environment;

/// The kubeconfig files in the order kubectl reads them; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubeconfigFiles {
    paths: Vec<PathBuf>,
}

impl KubeconfigFiles {
    /// From `KUBECONFIG` (a list, empty parts skipped), else `~/.kube/config`.
    pub fn from_environment(environment: &Environment) -> Result<Self, KubeconfigError> {
        let listed = environment.kubeconfig.iter().flat_map(|list| std::env::split_paths(list));
        let listed: Vec<_> = listed.filter(|path| !path.as_os_str().is_empty()).collect();
        if !listed.is_empty() {
            return Self::new(listed);
        }
        let home = environment.home.as_ref().ok_or(KubeconfigError::NoFile)?;
        Self::new(vec![home.join(".kube").join("config")])
    }

    /// These files; relative paths are taken from the current folder, repeated ones dropped.
    pub fn new(paths: Vec<PathBuf>) -> Result<Self, KubeconfigError> {
        let mut absolute: Vec<PathBuf> = Vec::with_capacity(paths.len());
        for path in paths {
            let path =
                std::path::absolute(&path).map_err(KubeconfigError::io("make absolute", &path))?;
            if !absolute.contains(&path) {
                absolute.push(path);
            }
        }
        if absolute.is_empty() {
            return Err(KubeconfigError::NoFile);
        }
        Ok(Self { paths: absolute })
    }

    /// All of them; the first that has a name wins.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Where kubectl writes something new: the first that exists, else the last.
    pub fn default_file(&self) -> Result<&Path, KubeconfigError> {
        let existing = self.paths.iter().find(|path| path.exists());
        existing.or(self.paths.last()).map(PathBuf::as_path).ok_or(KubeconfigError::NoFile)
    }

    pub(super) fn listed(&self) -> String {
        let paths: Vec<_> = self.paths.iter().map(|path| path.display().to_string()).collect();
        paths.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubeconfig_wins_over_the_home_folder_and_empty_parts_are_skipped() {
        let mut environment = Environment { home: Some("/h".into()), ..Environment::default() };
        let files = KubeconfigFiles::from_environment(&environment).unwrap();
        assert_eq!(files.paths(), [PathBuf::from("/h/.kube/config")]);
        environment.kubeconfig = Some(":/a::/b:/a:".into());
        let files = KubeconfigFiles::from_environment(&environment).unwrap();
        assert_eq!(files.paths(), [PathBuf::from("/a"), PathBuf::from("/b")]);
        environment.kubeconfig = Some(":".into());
        let files = KubeconfigFiles::from_environment(&environment).unwrap();
        assert_eq!(files.paths(), [PathBuf::from("/h/.kube/config")]);
        let nowhere = KubeconfigFiles::from_environment(&Environment::default());
        assert!(matches!(nowhere, Err(KubeconfigError::NoFile)));
    }

    #[test]
    fn new_entries_go_where_kubectl_puts_them() {
        let folder = tempfile::tempdir().unwrap();
        let [a, b, c] = ["a", "b", "c"].map(|name| folder.path().join(name));
        let files = KubeconfigFiles::new(vec![a, b.clone(), c.clone()]).unwrap();
        assert_eq!(files.default_file().unwrap(), c);
        std::fs::write(&c, "").unwrap();
        std::fs::write(&b, "").unwrap();
        assert_eq!(files.default_file().unwrap(), b);
    }
}
