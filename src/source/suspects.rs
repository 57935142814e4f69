//! What cannot be a log: told by its name on a walk, and by its first bytes anywhere.

use std::path::Path;

/// Names that a walk does not open, by extension, and what they are.
const NAMES: &[(&str, &[&str])] = &[
    (
        "source code or documentation",
        &[
            "adoc",
            "bash",
            "bat",
            "c",
            "cc",
            "cfg",
            "cmd",
            "conf",
            "cpp",
            "cs",
            "css",
            "cts",
            "dart",
            "ex",
            "exs",
            "fish",
            "go",
            "graphql",
            "h",
            "hpp",
            "hs",
            "htm",
            "html",
            "ini",
            "ipynb",
            "java",
            "jl",
            "js",
            "jsx",
            "kt",
            "less",
            "lock",
            "lua",
            "m",
            "markdown",
            "md",
            "mdx",
            "mjs",
            "ml",
            "mts",
            "php",
            "pl",
            "plist",
            "properties",
            "proto",
            "ps1",
            "py",
            "pyi",
            "r",
            "rb",
            "rs",
            "rst",
            "sass",
            "scala",
            "scss",
            "sh",
            "snap",
            "sql",
            "svelte",
            "swift",
            "tex",
            "tf",
            "toml",
            "ts",
            "tsx",
            "vue",
            "xml",
            "xsd",
            "yaml",
            "yml",
            "zig",
            "zsh",
        ],
    ),
    (
        "an image, sound, video or font",
        &[
            "aac", "aif", "avi", "avif", "bmp", "flac", "gif", "heic", "icns", "ico", "jpeg",
            "jpg", "m4a", "mkv", "mov", "mp3", "mp4", "ogg", "otf", "png", "psd", "svg", "tif",
            "tiff", "ttf", "wav", "webm", "webp", "woff", "woff2",
        ],
    ),
    (
        "an archive",
        &[
            "7z", "apk", "bz2", "deb", "dmg", "iso", "jar", "rar", "rpm", "tar", "tbz", "tgz",
            "txz", "vsix", "whl", "xz", "zip",
        ],
    ),
    (
        "a database",
        &[
            "db-journal",
            "db-shm",
            "db-wal",
            "duckdb",
            "ldb",
            "lmdb",
            "mdb",
            "sqlite-journal",
            "sqlite-shm",
            "sqlite-wal",
        ],
    ),
    (
        "an office document",
        &[
            "doc", "docx", "epub", "odt", "pdf", "ppt", "pptx", "xls", "xlsx",
        ],
    ),
    (
        "a program or its data",
        &[
            "a",
            "arrow",
            "avro",
            "bin",
            "class",
            "dat",
            "dll",
            "dylib",
            "exe",
            "feather",
            "gguf",
            "jks",
            "key",
            "map",
            "node",
            "npy",
            "npz",
            "o",
            "onnx",
            "orc",
            "parquet",
            "pem",
            "pid",
            "pkl",
            "pt",
            "pyc",
            "pyd",
            "safetensors",
            "so",
            "swp",
            "wasm",
        ],
    ),
];

/// First bytes that no log has, and what they are.
const MAGIC: &[(&[u8], &str)] = &[
    (
        b"H:2,block:",
        "a Nitrite database (Copilot in JetBrains), which states no tokens",
    ),
    (b"\x89PNG", "an image"),
    (b"GIF8", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"RIFF", "sound or video"),
    (b"PK\x03\x04", "an archive"),
    (b"BZh", "compressed with bzip2, which is not read"),
    (b"\xfd7zXZ\0", "compressed with xz, which is not read"),
    (b"7z\xbc\xaf\x27\x1c", "an archive"),
    (b"Rar!", "an archive"),
    (b"%PDF", "an office document"),
    (b"PAR1", "a Parquet file, which is not read"),
    (b"\x7fELF", "a program"),
];

/// How logs begin, even those with a hole of NUL bytes further on.
const BEGINNINGS: &[&[u8]] = &[b"{", b"[", b"data:", b"event:"];

/// Why a file of this name is not opened on a walk.
pub(super) fn by_name(path: &Path) -> Option<&'static str> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    let known = |(_, names): &&(&str, &[&str])| names.contains(&extension.as_str());
    NAMES.iter().find(known).map(|(what, _)| *what)
}

/// Why a file that begins with these bytes is no log.
pub(super) fn by_content(head: &[u8]) -> Option<&'static str> {
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(what);
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some("an archive");
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let begins = text
        .iter()
        .position(|byte| *byte != 0 && !byte.is_ascii_whitespace());
    let text = begins.and_then(|at| text.get(at..)).unwrap_or_default();
    let is_log = BEGINNINGS
        .iter()
        .any(|beginning| text.starts_with(beginning));
    (head.contains(&0) && !is_log).then_some("binary")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in ["main.rs", "a/PHOTO.JPG", "ledger.db-wal", "logs.tgz"] {
            assert!(by_name(Path::new(name)).is_some(), "{name}");
        }
        for name in [
            "a.jsonl",
            "a.log",
            "a.log.1",
            "a.json.zst",
            "a",
            ".a",
            "a.txt",
            "a.sse",
        ] {
            assert_eq!(by_name(Path::new(name)), None, "{name}");
        }
    }

    #[test]
    fn contents() {
        for head in [&b"\x89PNG\r\n"[..], b"PK\x03\x04", b"a\0b", b"\0\0\0"] {
            assert!(by_content(head).is_some());
        }
        for head in [
            &b""[..],
            b"plain",
            b"{\"a\":1}\n\0\0",
            b"\0\0\n{\"a\":1}",
            b"\xef\xbb\xbf[\0",
        ] {
            assert_eq!(by_content(head), None);
        }
    }
}
