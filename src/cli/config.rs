//! Settings: what is usual for a user or a project. They stand in files and in the environment, and
//! become the defaults of options; `llmcost config show` says which value comes from where.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::builder::ArgPredicate;
use clap::{Args, Command, Subcommand};
use serde_json::{Value as Json, json};
use toml::Spanned;

use super::output::OutputArgs;
use super::{Console, Done, Global, input};
use crate::error::{Error, Result};
use crate::render::Format;
use crate::report::check::file::{line_at, toml_error};
use crate::report::check::values::Currency;
use crate::report::{calendar, nearest};
use crate::table::{Cell, Column, Kind, Table};

/// The project's file: in the folder where llmcost runs, or in the nearest one above it.
const PROJECT: &str = "llmcost.toml";

/// Something that can be set.
struct Setting {
    /// Its name in files; the option is called the same.
    name: &'static str,
    /// The environment variable.
    variable: &'static str,
    /// What holds where nothing sets it.
    usual: &'static str,
    /// Whether a path of a file is meant, from the folder of the file that sets it.
    is_path: bool,
    /// Refuses what it cannot be.
    check: fn(&str) -> Result<()>,
}

const SETTINGS: [Setting; 6] = [
    setting("ledger", "LLMCOST_LEDGER", "", |_| Ok(())).path(),
    setting("prices", "LLMCOST_PRICES", "", |_| Ok(())).path(),
    setting("timezone", "LLMCOST_TIMEZONE", "UTC", |name| {
        calendar::timezone(name).map(drop)
    }),
    setting("currency", "LLMCOST_CURRENCY", "", |code| {
        Currency::try_from(code.to_owned())
            .map(drop)
            .map_err(Error::usage)
    }),
    setting("format", "LLMCOST_FORMAT", "table", |name| {
        Format::parse(name).map(drop)
    }),
    setting("color", "LLMCOST_COLOR", "auto", |when| match when {
        "auto" | "always" | "never" => Ok(()),
        _ => Err(Error::usage("There is no such choice.").hint("One of: auto, always, never")),
    }),
];

const fn setting(
    name: &'static str,
    variable: &'static str,
    usual: &'static str,
    check: fn(&str) -> Result<()>,
) -> Setting {
    Setting {
        name,
        variable,
        usual,
        is_path: false,
        check,
    }
}

impl Setting {
    const fn path(mut self) -> Self {
        self.is_path = true;
        self
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin {
    CommandLine,
    Environment(&'static str),
    File(PathBuf, u64),
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine => f.write_str("command line"),
            Self::Environment(variable) => write!(f, "environment {variable}"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// The values that are set, and by what.
pub struct Settings(BTreeMap<&'static str, (String, Origin)>);

impl Settings {
    /// Reads the environment, the project's file and the user's.
    ///
    /// # Errors
    /// When a file cannot be read, names something that cannot be set, or a value cannot be used.
    pub fn load() -> Result<Self> {
        let mut settings = Self(BTreeMap::new());
        // The weakest first: what comes later replaces it.
        for path in [user_file(), project_file()].into_iter().flatten() {
            settings.read(&path)?;
        }
        for setting in &SETTINGS {
            let value = std::env::var(setting.variable).unwrap_or_default();
            if !value.is_empty() {
                let named = |error: Error| super::wrong(setting.variable, error);
                (setting.check)(&value).map_err(named)?;
                let origin = Origin::Environment(setting.variable);
                settings.0.insert(setting.name, (value, origin));
            }
        }
        Ok(settings)
    }

    fn read(&mut self, path: &Path) -> Result<()> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let message = format!("the settings cannot be read: {}", error.kind());
            Error::usage(message).at(path, None)
        })?;
        let values: BTreeMap<String, Spanned<String>> =
            toml::from_str(&text).map_err(|error| toml_error(path, &text, &error))?;
        for (name, value) in values {
            let line = line_at(&text, value.span().start);
            let here = |error: Error| super::wrong(&name, error).at(path, Some(line));
            let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) else {
                let names = SETTINGS.iter().map(|setting| setting.name);
                let error = Error::usage("There is no such setting.");
                return Err(here(error.hint(nearest::hint(&name, names))));
            };
            let mut value = value.into_inner();
            (setting.check)(&value).map_err(here)?;
            if setting.is_path {
                let folder = path.parent().unwrap_or(Path::new(""));
                value = folder.join(value).to_string_lossy().into_owned();
            }
            let origin = Origin::File(path.to_path_buf(), line);
            self.0.insert(setting.name, (value, origin));
        }
        Ok(())
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Makes them the defaults of all options of their names.
    pub fn apply(&self, command: Command) -> Command {
        let command = command.mut_subcommands(|below| self.apply(below));
        let set = self.0.iter();
        let meant = set.filter(|(name, (value, _))| has_option(&command, name, value));
        let meant: Vec<_> = meant.collect();
        let set_default = |command: Command, (name, (value, _)): (&&'static str, &(String, _))| {
            command.mut_arg(*name, |option| {
                // A file's name says more than what is usual.
                let option = match *name {
                    "format" => option.default_value_if("output", ArgPredicate::IsPresent, None),
                    _ => option,
                };
                option.default_value(value.clone())
            })
        };
        meant.into_iter().fold(command, set_default)
    }
}

/// Whether a command has an option that can take a value. One with its own choice of words, such as
/// text or json, may not.
fn has_option(command: &Command, name: &str, value: &str) -> bool {
    let mut options = command.get_arguments();
    options.any(|option| {
        let words = option.get_possible_values();
        let takes = words.is_empty() || words.iter().any(|word| word.matches(value, false));
        option.get_id() == name && takes
    })
}

fn user_file() -> Option<PathBuf> {
    let path = input::config_folder()?.join("config.toml");
    path.is_file().then_some(path)
}

fn project_file() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let mut files = here.ancestors().map(|folder| folder.join(PROJECT));
    files.find(|path| path.is_file())
}

/// Show the settings, and where each comes from
///
/// Options of the command line go before the environment, that before the project's file llmcost.toml
/// (here, or in the nearest folder above), that before the user's file config.toml, that before the
/// defaults. Both files hold lines such as: timezone = "Asia/Seoul". What can be set: ledger, prices,
/// timezone, currency, format, color.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost config show
  llmcost config show --format json")]
pub struct ConfigArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// List every setting with its value and where that comes from
    #[command(after_help = "Examples:
  llmcost config show
  llmcost config show --format json")]
    Show(OutputArgs),
}

/// Runs the command.
///
/// # Errors
/// When the answer cannot be written.
pub fn run(
    args: &ConfigArgs,
    settings: &Settings,
    global: &Global,
    console: &Console,
) -> Result<Done> {
    let ConfigCommand::Show(output) = &args.command;
    let mut table = Table {
        columns: vec![
            Column::new("setting", "setting", Kind::Text),
            Column::new("value", "value", Kind::Text),
            Column::new("from", "from", Kind::Text),
            Column::new("variable", "variable", Kind::Text),
        ],
        ..Table::default()
    };
    let mut lines: Vec<Json> = Vec::new();
    for setting in &SETTINGS {
        let (value, origin) = value_of(setting, settings, global);
        let from = origin.to_string();
        lines.push(json!({
            "setting": setting.name, "value": value, "from": from, "variable": setting.variable,
        }));
        let words = [value, Some(from), Some(setting.variable.to_owned())];
        let cells = [Cell::Text(setting.name.to_owned())].into_iter();
        table
            .rows
            .push(cells.chain(words.map(Cell::text)).collect());
    }
    let json = json!({"schema": "llmcost.config/1", "settings": lines});
    output.print_table(&table, &json, &lines, console)?;
    Ok(Done::Well)
}

/// The value that holds on this command line.
fn value_of(setting: &Setting, settings: &Settings, global: &Global) -> (Option<String>, Origin) {
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let typed = global.has_typed(setting.name);
    let told = match setting.name {
        "ledger" if typed => global.ledger.clone().map(text),
        "prices" if typed => global.prices.clone().map(text),
        "color" if typed => Some(global.color.clone()),
        _ => None,
    };
    if told.is_some() {
        return (told, Origin::CommandLine);
    }
    if let Some((value, origin)) = settings.0.get(setting.name) {
        return (Some(value.clone()), origin.clone());
    }
    let usual = match setting.name {
        "ledger" => input::ledger_path(global).ok().map(text),
        _ => Some(setting.usual.to_owned()).filter(|usual| !usual.is_empty()),
    };
    (usual, Origin::Default)
}
