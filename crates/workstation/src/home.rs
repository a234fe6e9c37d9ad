//! Where everything of one Bellhop user lives.
//!
//! Either all under one folder (`--home`, `BELLHOP_HOME`) or in the folders the XDG base directory
//! specification names. Folders are the user's own and closed to everybody else.

use std::fs::{self, DirBuilder};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use crate::env::Environment;

/// `sockaddr_un.sun_path` holds 108 bytes, the last of them a NUL.
const SOCKET_PATH_LIMIT: usize = 107;

/// Why the folders of Bellhop cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// Neither `--home` nor `HOME` says where to live.
    #[error(
        "HOME is not set, so there is no place for Bellhop's files; set HOME or pass --home DIR"
    )]
    NoHome,
    /// The socket path does not fit into a Unix socket address.
    #[error(
        "the socket path {} is {length} bytes long, Unix allows {SOCKET_PATH_LIMIT}; \
         pass a shorter --home DIR (or set a shorter BELLHOP_HOME or XDG_RUNTIME_DIR)",
        path.display()
    )]
    SocketPathTooLong {
        /// The path that is too long.
        path: PathBuf,
        /// Its length in bytes.
        length: usize,
    },
    /// A folder belongs to another user.
    #[error(
        "{} belongs to user id {owner}, you are {me}; \
         remove it, or pass --home with a folder of your own", path.display()
    )]
    ForeignOwner {
        /// The folder.
        path: PathBuf,
        /// Who owns it.
        owner: u32,
        /// Who runs this program.
        me: u32,
    },
    /// Others may write into a folder.
    #[error(
        "{path} may be written by others (mode {mode:04o}); run: chmod go-w {path}",
        path = path.display()
    )]
    WritableByOthers {
        /// The folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Something that is not a folder is in the way.
    #[error("{} is not a folder; move it away, or pass --home with another folder", path.display())]
    NotAFolder {
        /// What is in the way.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot {action} {}: {source}; check the permissions of that folder", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The folders of one Bellhop user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    explicit: Option<PathBuf>,
    config: PathBuf,
    data: PathBuf,
    runtime: PathBuf,
}

impl Home {
    /// Finds the folders: all under `explicit` if given, else where XDG says.
    pub fn resolve(explicit: Option<PathBuf>) -> Result<Self, HomeError> {
        // A relative --home would mean another place for every process that inherits it.
        let explicit = explicit.map(|path| {
            std::path::absolute(&path).map_err(|source| HomeError::Io {
                action: "make absolute",
                path,
                source,
            })
        });
        Self::from_environment(explicit.transpose()?, &Environment::read())
    }

    /// The pure half of [`Home::resolve`]; `explicit` is absolute.
    pub fn from_environment(
        explicit: Option<PathBuf>,
        environment: &Environment,
    ) -> Result<Self, HomeError> {
        let home = match explicit {
            Some(folder) => Self {
                config: folder.join("config"),
                data: folder.join("data"),
                runtime: folder.join("run"),
                explicit: Some(folder),
            },
            None => Self::from_xdg(environment)?,
        };
        let path = home.socket();
        let length = path.as_os_str().as_bytes().len();
        if length > SOCKET_PATH_LIMIT {
            return Err(HomeError::SocketPathTooLong { path, length });
        }
        Ok(home)
    }

    fn from_xdg(environment: &Environment) -> Result<Self, HomeError> {
        // The specification: a relative path in these variables is to be ignored.
        let absolute = |path: &Option<PathBuf>| path.clone().filter(|path| path.is_absolute());
        let user = absolute(&environment.home);
        let under_home = |tail: &str| user.as_ref().map(|user| user.join(tail));
        let config = absolute(&environment.config_home).or_else(|| under_home(".config"));
        let data = absolute(&environment.data_home).or_else(|| under_home(".local/share"));
        let config = config.ok_or(HomeError::NoHome)?.join("bellhop");
        let data = data.ok_or(HomeError::NoHome)?.join("bellhop");
        let runtime = absolute(&environment.runtime_dir)
            .map_or_else(|| data.join("run"), |folder| folder.join("bellhop"));
        Ok(Self { explicit: None, config, data, runtime })
    }

    /// Creates the folders (mode 0700) and refuses ones that are not safely the user's own.
    pub fn prepare(&self) -> Result<(), HomeError> {
        self.explicit.iter().try_for_each(|folder| prepare_folder(folder))?;
        [&self.config, &self.data, &self.runtime].into_iter().try_for_each(|f| prepare_folder(f))
    }

    /// Refuses folders that are there and not safely the user's own; makes none.
    pub fn check(&self) -> Result<(), HomeError> {
        let folders = self.explicit.iter().chain([&self.config, &self.data, &self.runtime]);
        folders.filter(|folder| folder.exists()).try_for_each(|folder| check_folder(folder))
    }

    /// The folder given with `--home` or `BELLHOP_HOME`, to pass on to programs we start.
    pub fn explicit(&self) -> Option<&Path> {
        self.explicit.as_deref()
    }

    /// Settings the user edits.
    pub fn config_dir(&self) -> &Path {
        &self.config
    }

    /// The settings of this machine's user.
    pub fn settings_file(&self) -> PathBuf {
        self.config.join("settings.json")
    }

    /// What Bellhop keeps.
    pub fn data_dir(&self) -> &Path {
        &self.data
    }

    /// Socket and lock: gone after a reboot.
    pub fn runtime_dir(&self) -> &Path {
        &self.runtime
    }

    /// The Unix socket the local backend listens on.
    pub fn socket(&self) -> PathBuf {
        self.runtime.join("api.sock")
    }

    /// Held by the one backend that runs.
    pub fn lock_file(&self) -> PathBuf {
        self.runtime.join("backend.lock")
    }

    /// The local backend's database.
    pub fn store_file(&self) -> PathBuf {
        self.data.join("bellhop.db")
    }

    /// Is there while the backend of this home remembers in another place than [`store_file`].
    ///
    /// [`store_file`]: Self::store_file
    pub fn elsewhere_file(&self) -> PathBuf {
        self.data.join("store-is-elsewhere")
    }

    /// What a backend without a terminal logs.
    pub fn log_dir(&self) -> PathBuf {
        self.data.join("logs")
    }

    /// The kubectl context that was current before the last switch.
    pub fn left_context_file(&self) -> PathBuf {
        self.data.join("left-context.json")
    }

    /// Kubeconfigs for one shell or one command each.
    pub fn isolated_dir(&self) -> PathBuf {
        self.runtime.join("kubeconfigs")
    }

    /// Which kubeconfig contexts are ours.
    pub fn contexts_file(&self) -> PathBuf {
        self.data.join("contexts.json")
    }
}

fn prepare_folder(path: &Path) -> Result<(), HomeError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    if path.exists() && !path.is_dir() {
        return Err(HomeError::NotAFolder { path: path.to_path_buf() });
    }
    made.map_err(|source| HomeError::Io {
        action: "create the folder",
        path: path.to_path_buf(),
        source,
    })?;
    check_folder(path)
}

fn check_folder(path: &Path) -> Result<(), HomeError> {
    let metadata = fs::metadata(path).map_err(|source| HomeError::Io {
        action: "look at",
        path: path.to_path_buf(),
        source,
    })?;
    if !metadata.is_dir() {
        return Err(HomeError::NotAFolder { path: path.to_path_buf() });
    }
    check_owner(path, metadata.uid(), rustix::process::geteuid().as_raw())?;
    check_mode(path, metadata.mode() & 0o7777)
}

fn check_owner(path: &Path, owner: u32, me: u32) -> Result<(), HomeError> {
    if owner == me {
        return Ok(());
    }
    Err(HomeError::ForeignOwner { path: path.to_path_buf(), owner, me })
}

fn check_mode(path: &Path, mode: u32) -> Result<(), HomeError> {
    if mode & 0o022 == 0 {
        return Ok(());
    }
    Err(HomeError::WritableByOthers { path: path.to_path_buf(), mode })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn environment() -> Environment {
        Environment { home: Some("/home/alice".into()), ..Environment::default() }
    }

    #[test]
    fn an_explicit_home_holds_everything() {
        let home = Home::from_environment(Some("/x".into()), &environment()).unwrap();
        assert_eq!(home.config_dir(), Path::new("/x/config"));
        assert_eq!(home.store_file(), Path::new("/x/data/bellhop.db"));
        assert_eq!(home.contexts_file(), Path::new("/x/data/contexts.json"));
        assert_eq!(home.socket(), Path::new("/x/run/api.sock"));
        assert_eq!(home.lock_file(), Path::new("/x/run/backend.lock"));
        assert_eq!(home.explicit(), Some(Path::new("/x")));
    }

    #[test]
    fn otherwise_xdg_decides_and_relative_values_are_ignored() {
        let mut environment = environment();
        let home = Home::from_environment(None, &environment).unwrap();
        assert_eq!(home.config_dir(), Path::new("/home/alice/.config/bellhop"));
        assert_eq!(home.runtime_dir(), Path::new("/home/alice/.local/share/bellhop/run"));
        environment.config_home = Some("relative".into());
        environment.data_home = Some("/data".into());
        environment.runtime_dir = Some("/run/user/1000".into());
        let home = Home::from_environment(None, &environment).unwrap();
        assert_eq!(home.config_dir(), Path::new("/home/alice/.config/bellhop"));
        assert_eq!(home.data_dir(), Path::new("/data/bellhop"));
        assert_eq!(home.socket(), Path::new("/run/user/1000/bellhop/api.sock"));
        let nowhere = Home::from_environment(None, &Environment::default());
        assert!(matches!(nowhere, Err(HomeError::NoHome)));
    }

    #[test]
    fn a_socket_path_unix_cannot_hold_is_refused() {
        let fits = format!("/{}", "x".repeat(SOCKET_PATH_LIMIT - "//run/api.sock".len()));
        Home::from_environment(Some(fits.clone().into()), &environment()).unwrap();
        let error = Home::from_environment(Some(format!("{fits}y").into()), &environment());
        let message = error.unwrap_err().to_string();
        assert!(message.contains("108 bytes") && message.contains("--home"), "{message}");
    }

    #[test]
    fn prepare_makes_private_folders_and_refuses_open_ones() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::resolve(Some(folder.path().join("b"))).unwrap();
        home.prepare().unwrap();
        home.prepare().unwrap();
        for path in [home.config_dir(), home.data_dir(), home.runtime_dir()] {
            assert_eq!(fs::metadata(path).unwrap().mode() & 0o7777, 0o700);
        }
        fs::set_permissions(home.data_dir(), fs::Permissions::from_mode(0o770)).unwrap();
        let message = home.prepare().unwrap_err().to_string();
        assert!(message.contains("chmod go-w"), "{message}");
        assert!(check_owner(home.data_dir(), 1, 2).unwrap_err().to_string().contains("--home"));
    }

    #[test]
    fn a_file_in_the_way_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("config"), "").unwrap();
        let home = Home::resolve(Some(folder.path().to_path_buf())).unwrap();
        assert!(matches!(home.prepare(), Err(HomeError::NotAFolder { .. })));
    }
}
