//! Meters: what is counted, in which unit, in which group. Names are registered here; a price book
//! may declare more.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use serde::Serialize;

use crate::json::Names;

/// The name of a meter, such as `input` or `video_second`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Meter(Cow<'static, str>);

/// What price books call a family of meters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Tokens of any kind.
    Tokens,
    /// Calls of hosted tools.
    Tools,
    /// Pictures, sound and film.
    Media,
    /// Fees per request.
    Fees,
    /// Things kept for a time.
    Storage,
}

impl Group {
    /// The word that price books use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Tools => "tools",
            Self::Media => "media",
            Self::Fees => "fees",
            Self::Storage => "storage",
        }
    }

    /// The group with that name.
    pub fn named(name: &str) -> Option<Self> {
        [
            Self::Tokens,
            Self::Tools,
            Self::Media,
            Self::Fees,
            Self::Storage,
        ]
        .into_iter()
        .find(|group| group.name() == name)
    }
}

/// Which side of a call a token meter is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Read by the model: prompts, cached or not.
    Input,
    /// Written by the model.
    Output,
    /// Neither.
    None,
}

/// What is known about a built-in meter.
#[derive(Debug, Clone, Copy)]
pub struct MeterInfo {
    /// Its name.
    pub name: &'static str,
    /// The literal unit.
    pub unit: &'static str,
    /// Its family.
    pub group: Group,
    /// Its side of the call.
    pub direction: Direction,
    /// Whose rate it takes where a book prices it no further: billing practice, so still exact.
    pub falls_back_to: Option<&'static str>,
    /// What it counts.
    pub doc: &'static str,
}

macro_rules! meters {
    ($($constant:ident $name:literal $unit:literal $group:ident $direction:ident $fallback:expr, $doc:literal;)*) => {
        impl Meter {
            $(#[doc = $doc] pub const $constant: Meter = Meter(Cow::Borrowed($name));)*
        }

        /// All built-in meters, in the order in which they are shown.
        pub const METERS: &[MeterInfo] = &[$(MeterInfo {
            name: $name, unit: $unit, group: Group::$group, direction: Direction::$direction,
            falls_back_to: $fallback, doc: $doc,
        },)*];
    };
}

meters! {
    INPUT "input" "tokens" Tokens Input None, "Input tokens that no other meter counts.";
    INPUT_AUDIO "input_audio" "tokens" Tokens Input Some("input"), "Audio input tokens.";
    INPUT_IMAGE "input_image" "tokens" Tokens Input Some("input"), "Image input tokens.";
    INPUT_VIDEO "input_video" "tokens" Tokens Input Some("input"), "Video input tokens.";
    INPUT_DOCUMENT "input_document" "tokens" Tokens Input Some("input"), "Document input tokens.";
    INPUT_TOOL "input_tool" "tokens" Tokens Input Some("input"), "Results of hosted tools fed back as input.";
    CITATION "citation" "tokens" Tokens Input None, "Citation tokens of a research model.";
    CACHE_READ "cache_read" "tokens" Tokens Input None, "Input tokens read from a cache.";
    CACHE_READ_AUDIO "cache_read_audio" "tokens" Tokens Input Some("cache_read"), "Audio tokens read from a cache.";
    CACHE_READ_IMAGE "cache_read_image" "tokens" Tokens Input Some("cache_read"), "Image tokens read from a cache.";
    CACHE_WRITE "cache_write" "tokens" Tokens Input None, "Input tokens written to a cache with the provider's default lifetime.";
    CACHE_WRITE_30M "cache_write_30m" "tokens" Tokens Input Some("cache_write"), "Input tokens written to a cache for 30 minutes.";
    CACHE_WRITE_1H "cache_write_1h" "tokens" Tokens Input None, "Input tokens written to a cache for an hour.";
    CACHE_WRITE_12H "cache_write_12h" "tokens" Tokens Input None, "Input tokens written to a cache for 12 hours.";
    CACHE_WRITE_24H "cache_write_24h" "tokens" Tokens Input None, "Input tokens written to a cache for 24 hours.";
    OUTPUT "output" "tokens" Tokens Output None, "Output tokens that no other meter counts.";
    REASONING "reasoning" "tokens" Tokens Output Some("output"), "Output tokens of hidden reasoning.";
    OUTPUT_AUDIO "output_audio" "tokens" Tokens Output None, "Audio output tokens.";
    OUTPUT_IMAGE "output_image" "tokens" Tokens Output None, "Image output tokens.";
    OUTPUT_VIDEO "output_video" "tokens" Tokens Output None, "Video output tokens.";
    IMAGE "image" "image" Media None None, "Images made.";
    MEGAPIXEL "megapixel" "megapixel" Media None None, "Megapixels of images made.";
    VIDEO_SECOND "video_second" "second" Media None None, "Seconds of video made.";
    MUSIC_SECOND "music_second" "second" Media None None, "Seconds of music made.";
    SONG "song" "song" Media None None, "Songs made.";
    AUDIO_SECOND "audio_second" "second" Media None None, "Seconds of audio heard or spoken.";
    CHARACTER "character" "character" Media None None, "Characters spoken or embedded.";
    WEB_SEARCH "web_search" "request" Tools None None, "Web searches.";
    GROUNDED_PROMPT "grounded_prompt" "request" Tools None None, "Prompts that were grounded in search.";
    MAPS_QUERY "maps_query" "request" Tools None None, "Prompts or queries that were grounded in maps.";
    X_POST "x_post" "post" Tools None None, "Posts that a search of X returned.";
    X_PROFILE "x_profile" "profile" Tools None None, "Profiles that a search of X returned.";
    X_SEARCH "x_search" "request" Tools None None, "Searches of X.";
    FILE_SEARCH "file_search" "request" Tools None None, "File searches.";
    WEB_FETCH "web_fetch" "request" Tools None None, "Pages fetched by a hosted tool.";
    CODE_SESSION "code_session" "session" Tools None None, "Containers or calls of hosted code execution.";
    SESSION_SECONDS "session_seconds" "second" Tools None None, "Seconds of a hosted session or of compute.";
    CACHE_STORAGE "cache_storage" "token-hour" Storage None None, "Token-hours of stored cache.";
    PAGE "page" "page" Media None None, "Pages read.";
    SEARCH_UNIT "search_unit" "unit" Fees None None, "Search units of a rerank.";
    CLASSIFICATION "classification" "unit" Fees None None, "Classifications.";
    CREDIT "credit" "credit" Fees None None, "Credits of the provider.";
    REQUEST "request" "request" Fees None None, "Requests that carry a fee.";
}

impl Meter {
    /// A meter by name, built in or declared by a price book.
    pub fn named(name: &str) -> Self {
        match info(name) {
            Some(known) => Self(Cow::Borrowed(known.name)),
            None => Self(Cow::Owned(name.to_owned())),
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// What is known about it, if it is built in.
    pub fn info(&self) -> Option<&'static MeterInfo> {
        info(&self.0)
    }

    /// The literal unit; meters that a book declares count `unit`s.
    pub fn unit(&self) -> &'static str {
        self.info().map_or("unit", |known| known.unit)
    }

    /// Which side of the call it is on.
    pub fn direction(&self) -> Direction {
        self.info().map_or(Direction::None, |known| known.direction)
    }

    /// Position in the order of display; unknown meters come last, by name.
    pub fn rank(&self) -> usize {
        place(&self.0).unwrap_or(METERS.len())
    }
}

fn info(name: &str) -> Option<&'static MeterInfo> {
    METERS.get(place(name)?)
}

/// Where a built-in meter stands in [`METERS`].
fn place(name: &str) -> Option<usize> {
    thread_local! { static KNOWN: Names<Option<usize>> = const { Names::new() }; }
    KNOWN.with(|known| known.of(name, find))
}

fn find(name: &str) -> Option<usize> {
    static BY_NAME: LazyLock<Vec<(&str, usize)>> = LazyLock::new(|| {
        let names = METERS
            .iter()
            .enumerate()
            .map(|(at, meter)| (meter.name, at));
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        names
    });
    let at = BY_NAME
        .binary_search_by(|(known, _)| known.cmp(&name))
        .ok()?;
    BY_NAME.get(at).map(|(_, place)| *place)
}

impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
