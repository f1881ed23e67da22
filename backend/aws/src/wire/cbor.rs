//! CBOR as far as AWS writes it, as JSON and back: a recording holds text, and reduces and redacts one form of document.
//!
//! <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>

use minicbor::{
    Decoder, Encoder,
    data::{Tag, Type},
};
use serde_json::{Map, Number, Value};

/// What answers in CBOR are marked with: header and value.
pub(super) const MARK: (&str, &str) = ("smithy-protocol", "rpc-v2-cbor");

/// The type of their content.
pub(super) const CONTENT_TYPE: &str = "application/cbor";

/// The member that stands for a point in time, which is a number with a tag.
pub(super) const TIME: &str = "epochSeconds";

/// Tag 1: seconds since 1970.
const EPOCH: u64 = 1;

/// Deeper than anything that AWS answers.
const DEPTH: usize = 64;

/// A document as JSON; none for what is no document. Bytes, of which no collector reads any, are null.
pub(super) fn to_json(body: &[u8]) -> Option<Value> {
    let mut decoder = Decoder::new(body);
    let value = decode(&mut decoder, DEPTH)?;
    (decoder.position() == body.len()).then_some(value)
}

fn decode(decoder: &mut Decoder<'_>, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    Some(match decoder.datatype().ok()? {
        Type::Bool => decoder.bool().ok()?.into(),
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => decoder.u64().ok()?.into(),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => decoder.i64().ok()?.into(),
        Type::F16 | Type::F32 | Type::F64 => {
            Number::from_f64(decoder.f64().ok()?).map_or(Value::Null, Value::Number)
        }
        Type::String | Type::StringIndef => text(decoder)?.into(),
        Type::Array | Type::ArrayIndef => {
            let (length, mut values) = (decoder.array().ok()?, Vec::new());
            while more(decoder, length, values.len())? {
                values.push(decode(decoder, depth)?);
            }
            Value::Array(values)
        }
        Type::Map | Type::MapIndef => {
            let (length, mut members, mut read) = (decoder.map().ok()?, Map::new(), 0);
            while more(decoder, length, read)? {
                let name = text(decoder)?;
                members.insert(name, decode(decoder, depth)?);
                read += 1;
            }
            Value::Object(members)
        }
        Type::Tag => {
            let tag = decoder.tag().ok()?;
            let value = decode(decoder, depth)?;
            if tag == Tag::new(EPOCH) {
                Value::Object(Map::from_iter([(TIME.to_owned(), value)]))
            } else {
                value
            }
        }
        Type::Null | Type::Undefined | Type::Bytes | Type::BytesIndef => {
            decoder.skip().ok()?;
            Value::Null
        }
        _ => return None,
    })
}

fn text(decoder: &mut Decoder<'_>) -> Option<String> {
    decoder.str_iter().ok()?.collect::<Result<_, _>>().ok()
}

/// Whether a list or map goes on; where its length was not said, a mark ends it.
fn more(decoder: &mut Decoder<'_>, length: Option<u64>, read: usize) -> Option<bool> {
    if let Some(length) = length {
        return Some((read as u64) < length);
    }
    let ends = decoder.datatype().ok()? == Type::Break;
    if ends {
        decoder.skip().ok()?;
    }
    Some(!ends)
}

/// The document that [`to_json`] read.
pub(super) fn from_json(value: &Value) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    encode(value, &mut encoder);
    encoder.into_writer()
}

fn encode(value: &Value, encoder: &mut Encoder<Vec<u8>>) {
    // Writing to memory cannot fail.
    let written = match value {
        Value::Null => encoder.null(),
        Value::Bool(value) => encoder.bool(*value),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => encoder.u64(number),
            (_, Some(number)) => encoder.i64(number),
            _ => encoder.f64(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => encoder.str(text),
        Value::Array(values) => {
            let begun = encoder.array(values.len() as u64).map(|_| ());
            for value in values {
                encode(value, encoder);
            }
            begun.map(|()| encoder)
        }
        Value::Object(members) => {
            if let Some(seconds) = members.get(TIME).filter(|_| members.len() == 1) {
                let begun = encoder.tag(Tag::new(EPOCH)).map(|_| ());
                encode(seconds, encoder);
                begun.map(|()| encoder)
            } else {
                let begun = encoder.map(members.len() as u64).map(|_| ());
                for (name, member) in members {
                    encode(&Value::from(name.as_str()), encoder);
                    encode(member, encoder);
                }
                begun.map(|()| encoder)
            }
        }
    };
    debug_assert!(written.is_ok());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_come_back_as_they_were() {
        for value in [
            json!({}),
            json!({"MetricAlarms": [{"AlarmName": "a", "Threshold": 5.0, "Period": 60, "ActionsEnabled": true, "Offset": -3, "At": {TIME: 1.5}}], "NextToken": null}),
            json!([[], {"a": {"b": ["ü"]}}, u64::MAX, i64::MIN]),
        ] {
            assert_eq!(to_json(&from_json(&value)), Some(value));
        }
    }

    #[test]
    fn what_has_no_length_ends_with_a_mark() {
        let mut encoder = Encoder::new(Vec::new());
        encoder.begin_map().unwrap().str("a").unwrap();
        encoder
            .begin_array()
            .unwrap()
            .u8(1)
            .unwrap()
            .f32(0.5)
            .unwrap();
        encoder.end().unwrap().end().unwrap();
        assert_eq!(
            to_json(&encoder.into_writer()),
            Some(json!({"a": [1, 0.5]}))
        );
    }

    #[test]
    fn what_is_no_document_is_none() {
        let deep = [vec![0x81; 100], vec![0xf6]].concat();
        for body in [&b""[..], b"<html>", b"\xa1\x61", b"\x01\x01", &deep] {
            assert_eq!(to_json(body), None, "{body:?}");
        }
    }
}
