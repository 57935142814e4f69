//! Where a value stands inside of an object, as messages say it: `usage.details[2].count`. It is worked
//! out when it is asked for, from where the value begins: most values are read without a word.

use super::scan::{Elements, Fields};
use super::{Kind, Raw, word};

/// The way from an object to a value inside of it, which is a slice of its text; empty for itself.
pub(super) fn way(root: &str, inner: &str) -> String {
    let target = inner.as_ptr().addr();
    let holds = |text: &str| {
        let begin = text.as_ptr().addr();
        (begin..begin + text.len()).contains(&target)
    };
    let (mut way, mut value) = (String::new(), Raw::cut(root));
    while value.0.as_ptr().addr() < target {
        let next = match value.kind() {
            Kind::Object => {
                let mut fields = Fields::of(value.0);
                fields
                    .find(|(.., text)| holds(text))
                    .map(|(name, _, text)| {
                        way = joined(&way, &Raw(name).string().unwrap_or_default());
                        text
                    })
            }
            Kind::Array => {
                let mut elements = Elements::of(value.0).enumerate();
                elements.find(|(_, text)| holds(text)).map(|(index, text)| {
                    way = format!("{way}[{index}]");
                    text
                })
            }
            Kind::String | Kind::Number | Kind::Bool | Kind::Null => None,
        };
        let Some(next) = next else { break };
        value = Raw(next);
    }
    way
}

/// The way to a field of what stands at the end of a way.
pub(super) fn joined(way: &str, name: &str) -> String {
    let name = word(name);
    if way.is_empty() {
        name.to_owned()
    } else {
        [way, ".", name].concat()
    }
}

#[cfg(test)]
mod tests {
    use crate::json::Object;

    #[test]
    fn paths_lead_through_lists_and_escaped_names() {
        let body = Object::parse(r#" {"a":[0,{"\u0062":{"n":{}}}],"b":[[{}]]}"#).unwrap();
        assert_eq!(body.path_of("a"), "a");
        let element = body.objects("a").unwrap().remove(0);
        assert_eq!(element.path_of("x"), "a[1].x");
        let inner = element.object("b").unwrap().unwrap();
        assert_eq!(inner.path_of("n"), "a[1].b.n");
        assert_eq!(inner.unread(), ["a[1].b.n"]);
        let odd = Object::parse(r#"{"a\rb":"x","one two":"x"}"#).unwrap();
        for (name, _) in odd.entries() {
            assert_eq!(odd.count(name).unwrap_err().field, "(odd name)");
        }
        // What is only looked at is a beginning of its own.
        let peeked = body.peek("b").unwrap().at("/0/0").unwrap();
        assert_eq!(peeked.object().unwrap().path_of("x"), "x");
    }
}
