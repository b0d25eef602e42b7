//! Finding the configuration.

use std::{
    ffi::OsString,
    fs, io,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    config::{
        self, Config, Environment, MAX_CONFIG_BYTES, MAX_SECRET_BYTES, Problem, is_proxy_variable,
        owner_warning, secret_file_warning,
    },
    file_access::FileAccess,
    regular_file::{InheritedPipe, read_whole_or_pipe},
};

/// At the start a configuration or a secret may come from a pipe, as with `moored --config <(sops -d …)`.
pub(super) const INHERITED_AT_START: InheritedPipe =
    InheritedPipe::ReadWithin(Duration::from_secs(10));

/// The environment, read once. A variable that is not UTF-8 is none of ours, but for a proxy's: passed over it would
/// be bypassed.
pub(super) fn variables() -> Vec<(String, String)> {
    let text = |(name, value): (OsString, OsString)| {
        let name = name.into_string().ok()?;
        let value = match value.into_string() {
            Err(value) if is_proxy_variable(&name) => value.to_string_lossy().into_owned(),
            value => value.ok()?,
        };
        Some((name, value))
    };
    std::env::vars_os().filter_map(text).collect()
}

/// Reads the configuration: the file that was named, else the first of the usual ones that is
/// there, else the environment. The error is everything that is wrong, for people.
pub(super) fn configuration(
    named: Option<&Path>,
    variables: Vec<(String, String)>,
    pipe: InheritedPipe,
) -> Result<Config, String> {
    let mut environment = environment(variables, pipe);
    let (named, places) = places(named, &environment);
    for path in &places {
        let text = match read_configuration(path, pipe) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !named => continue,
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                return Err(config::too_large(path).to_string());
            }
            Err(error) => return Err(unreadable(path, &error)),
        };
        let Ok(text) = String::from_utf8(text) else {
            return Err(format!("{}: is not UTF-8 text", path.display()));
        };
        let metadata = fs::metadata(path).ok();
        environment.config_mode = metadata.map(|it| it.permissions().mode());
        let read = config::from_toml(&text, path, &environment);
        return read
            .map(|config| warned(config, Some(path)))
            .map_err(|all| all.to_string());
    }
    match config::from_environment(&environment) {
        Ok(Some(config)) => Ok(warned(config, None)),
        Ok(None) => Err(format!(
            "there is no configuration: no file at {}, and no account in the environment. The \
             smallest file has [[domeneshop]] with token, secret and hosts; see config.example.toml",
            places
                .iter()
                .map(|it| it.display().to_string())
                .collect::<Vec<_>>()
                .join(" or ")
        )),
        Err(all) => Err(all.to_string()),
    }
}

fn read_configuration(path: &Path, pipe: InheritedPipe) -> io::Result<Vec<u8>> {
    let max_bytes = u64::try_from(MAX_CONFIG_BYTES).unwrap_or(u64::MAX);
    read_whole_or_pipe(path, max_bytes, pipe)
}

/// A configuration with a warning for each file that others may change: the one at `path` itself, and those of secrets.
fn warned(mut config: Config, path: Option<&Path>) -> Config {
    let user = rustix::process::geteuid();
    // Root looks at what belongs to a service's user, too: whoever owns the state.
    let service = fs::metadata(&config.state_dir).map(|it| it.uid()).ok();
    let service = service.filter(|_| user.is_root());
    let warning = |path: &Path, warning: fn(&Path, FileAccess, u32) -> Option<Problem>| {
        // A pipe belongs to whoever made it.
        let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        let access = FileAccess::from(&metadata);
        let trusted = service.filter(|service| access.owner == *service);
        warning(path, access, trusted.unwrap_or(user.as_raw()))
    };
    let of_secrets = config.secret_files.iter();
    let of_secrets = of_secrets.filter_map(|path| warning(path, secret_file_warning));
    let of_configuration = path.and_then(|path| warning(path, owner_warning));
    let warnings: Vec<_> = of_configuration.into_iter().chain(of_secrets).collect();
    config.warnings.extend(warnings);
    config
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    let hint = match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "; the user that moored runs as must be able to read it (a service of systemd's: mode 0644, with the \
             secrets in files of their own)"
        }
        _ => "",
    };
    format!("{}: could not be read: {error}{hint}", path.display())
}

fn environment(variables: Vec<(String, String)>, pipe: InheritedPipe) -> Environment {
    let max_bytes = u64::try_from(MAX_SECRET_BYTES).unwrap_or(u64::MAX);
    Environment {
        variables,
        read: Box::new(move |path| read_whole_or_pipe(path, max_bytes, pipe)),
        root: rustix::process::geteuid().is_root(),
        config_mode: None,
    }
}

/// Where the configuration is looked for, and whether that is the one place that was named.
fn places(named: Option<&Path>, environment: &Environment) -> (bool, Vec<PathBuf>) {
    let named = named
        .map(PathBuf::from)
        .or_else(|| environment.variable("MOORED_CONFIG").map(PathBuf::from));
    let is_named = named.is_some();
    let places = named.map_or_else(|| usual_places(environment), |path| vec![path]);
    (is_named, places)
}

/// Where the running daemon keeps its state, found without reading a secret and in spite of
/// whatever else is wrong with the configuration.
pub(super) fn state_directory(named: Option<&Path>, variables: Vec<(String, String)>) -> PathBuf {
    let environment = environment(variables, INHERITED_AT_START);
    let (_, places) = places(named, &environment);
    let text = places.iter().find_map(|path| {
        let text = read_configuration(path, INHERITED_AT_START).ok()?;
        String::from_utf8(text).ok()
    });
    config::state_directory(text.as_deref(), &environment)
}

fn usual_places(environment: &Environment) -> Vec<PathBuf> {
    let of_user = environment
        .variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| {
            environment
                .variable("HOME")
                .map(|home| Path::new(home).join(".config"))
        });
    let mut places = vec![PathBuf::from("/etc/moored/config.toml")];
    places.extend(of_user.map(|base| base.join("moored/config.toml")));
    places
}
