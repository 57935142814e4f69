//! The provider's own usage object, as it is stored: its shape once, its numbers per record.

/// Splits JSON text into its shape, with `#` for each number, and its numbers.
pub fn split(text: &str) -> (String, String) {
    let (mut shape, mut numbers) = (String::with_capacity(text.len()), String::new());
    let (mut begin, mut quoted) = (0, false);
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        quoted ^= byte == b'"';
        if quoted || !(byte.is_ascii_digit() || byte == b'-') {
            continue;
        }
        let mut end = at + 1;
        while bytes.next_if(|(_, byte)| is_number(*byte)).is_some() {
            end += 1;
        }
        shape.push_str(text.get(begin..at).unwrap_or_default());
        shape.push('#');
        if !numbers.is_empty() {
            numbers.push(' ');
        }
        numbers.push_str(text.get(at..end).unwrap_or_default());
        begin = end;
    }
    shape.push_str(text.get(begin..).unwrap_or_default());
    (shape, numbers)
}

fn is_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')
}

/// Joins what [`split`] split.
pub fn join(shape: &str, numbers: &str) -> String {
    let mut numbers = numbers.split(' ');
    let (mut text, mut quoted) = (String::new(), false);
    for c in shape.chars() {
        quoted ^= c == '"';
        if c == '#' && !quoted {
            text.push_str(numbers.next().unwrap_or("0"));
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_split_from_their_shape_and_joined_again() {
        for text in [
            r#"{"a":1,"b2":[2.50,-3e-7],"c":"5m","d":true,"e":"1#2"}"#,
            "{}",
            "[1]",
            r#"{"true":false,"x":1E5}"#,
        ] {
            let (shape, numbers) = split(text);
            assert_eq!(join(&shape, &numbers), text);
        }
    }
}
