//! The `:predict` method of Vertex AI and AI Studio: text and multimodal embeddings, Imagen, Lyria
//! and PaLM. The first prediction tells which.

use super::{Adapter, Context, Reader, Reading, google};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::money::Quantity;
use crate::usage::{Field, Meter, UsageRecord};

/// `{"predictions":[{…}],"metadata":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "google.predict",
    docs: "https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api",
    recognizes: |body| first(body).and_then(|first| kind(&first)).is_some(),
    reader: Reader::Body(read),
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Predicted {
    Texts,
    Multimodal,
    Images,
    Music,
    Words,
}

fn first<'a>(body: &Object<'a>) -> Option<Object<'a>> {
    body.peek("predictions")?.elements().next()?.object()
}

fn kind(prediction: &Object<'_>) -> Option<Predicted> {
    let has = |names: &[&str]| names.iter().any(|name| prediction.has(name));
    let sound = |mime: String| mime.starts_with("audio/");
    if prediction
        .peek("embeddings")
        .is_some_and(|value| value.at("/values").is_some())
    {
        return Some(Predicted::Texts);
    }
    if has(&["textEmbedding", "imageEmbedding", "videoEmbeddings"]) {
        return Some(Predicted::Multimodal);
    }
    if has(&["audioContent"])
        || prediction
            .peek("mimeType")
            .and_then(Raw::string)
            .is_some_and(sound)
    {
        return Some(Predicted::Music);
    }
    if has(&["bytesBase64Encoded", "gcsUri", "raiFilteredReason"]) {
        return Some(Predicted::Images);
    }
    has(&["safetyAttributes", "citationMetadata"]).then_some(Predicted::Words)
}

fn read(body: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let predicted = first(body)
        .and_then(|first| kind(&first))
        .unwrap_or(Predicted::Words);
    let (modality, operation) = match predicted {
        Predicted::Texts | Predicted::Multimodal => ("embedding", "embedding"),
        Predicted::Images => ("image_create", "image"),
        Predicted::Music => ("music", "music"),
        Predicted::Words => ("text", "completion"),
    };
    let mut record = UsageRecord::of(modality, operation);
    let predictions = body.objects("predictions")?;
    let stored = predictions
        .iter()
        .any(|prediction| prediction.has("gcsUri"));
    let vertex = body.has("metadata") || body.has("deployedModelId") || stored;
    let texts = predicted == Predicted::Texts || predicted == Predicted::Words;
    let proven = (vertex || texts).then_some("vertex");
    google::provider(&mut record, context, proven, None);
    google::outside_model(&mut record, context);
    let metadata = body.object("metadata")?;
    match predicted {
        Predicted::Texts => texts_read(&mut record, &predictions, metadata.as_ref())?,
        Predicted::Multimodal => record.gap("the response carries no usage"),
        Predicted::Images => images(&mut record, &predictions),
        Predicted::Music => {
            let songs = made(
                &predictions,
                &["audioContent", "bytesBase64Encoded", "gcsUri"],
            );
            record.add(Meter::SONG, songs);
        }
        Predicted::Words => words(&mut record, metadata.as_ref())?,
    }
    Ok(record.into())
}

fn made(predictions: &[Object<'_>], names: &[&str]) -> Quantity {
    let made = predictions
        .iter()
        .filter(|one| names.iter().any(|name| one.has(name)));
    Quantity::of_len(made.count())
}

/// Pictures that a filter took away are not charged.
/// <https://cloud.google.com/vertex-ai/generative-ai/docs/image/responsible-ai-imagen>
fn images(record: &mut UsageRecord, predictions: &[Object<'_>]) {
    record.add(
        Meter::IMAGE,
        made(predictions, &["bytesBase64Encoded", "gcsUri"]),
    );
    if predictions.iter().any(|one| one.has("raiFilteredReason")) {
        record.facts.flag(Field::ContentFiltered, Some(true));
    }
}

/// Tokens bill, except for the older models, which bill characters.
/// <https://cloud.google.com/vertex-ai/generative-ai/pricing>
fn texts_read(
    record: &mut UsageRecord,
    predictions: &[Object<'_>],
    metadata: Option<&Object<'_>>,
) -> Result<(), Fault> {
    let mut tokens = Quantity::ZERO;
    for prediction in predictions {
        let statistics = match prediction.object("embeddings")? {
            Some(embeddings) => embeddings.object("statistics")?,
            None => None,
        };
        let Some(count) = statistics
            .map(|found| found.count("token_count"))
            .transpose()?
            .flatten()
        else {
            record.gap("an embedding states no token count");
            continue;
        };
        tokens = tokens
            .plus(count)
            .map_err(|error| prediction.fault("token_count", &error.to_string()))?;
    }
    let characters = metadata
        .map(|found| found.count("billableCharacterCount"))
        .transpose()?
        .flatten();
    let model = record
        .facts
        .get_text(Field::ResponseModel)
        .unwrap_or_default();
    let older = [
        "text-embedding-",
        "textembedding-",
        "text-multilingual-embedding-",
    ];
    match characters {
        Some(characters) if older.iter().any(|name| model.starts_with(name)) => {
            record.warn(format!(
                "{tokens} tokens are not billed by this model, characters are"
            ));
            record.add(Meter::CHARACTER, characters);
        }
        Some(characters) => {
            record.warn(format!(
                "{characters} billable characters are stated; tokens are billed"
            ));
            record.add(Meter::INPUT, tokens);
        }
        None => record.add(Meter::INPUT, tokens),
    }
    Ok(())
}

/// PaLM states tokens and characters. Characters were billed, at rates that differ by direction,
/// which no meter of ours tells apart.
fn words(record: &mut UsageRecord, metadata: Option<&Object<'_>>) -> Result<(), Fault> {
    let counts = metadata
        .map(|found| found.object("tokenMetadata"))
        .transpose()?
        .flatten();
    let Some(counts) = counts else {
        record.gap("the response carries no usage");
        return Ok(());
    };
    record.raw_usage = Some(counts.numbers_only());
    record.doubt("this model was billed by the character; its tokens are kept");
    for (name, meter) in [
        ("inputTokenCount", Meter::INPUT),
        ("outputTokenCount", Meter::OUTPUT),
    ] {
        let side = counts.object(name)?;
        let tokens = side
            .map(|side| side.count("totalTokens"))
            .transpose()?
            .flatten();
        match tokens {
            Some(tokens) => record.add(meter, tokens),
            None => record.gap(format!("{name} is not stated")),
        }
    }
    Ok(())
}
