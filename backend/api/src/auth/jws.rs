//! Signed tokens (JWS, RFC 7515): taken apart, and their signature checked with keys and algorithms that were settled before. The
//! mathematics is AWS-LC's.

use aws_lc_rs::signature::{
    self, EcdsaVerificationAlgorithm, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 16 * 1024;

/// AWS's balancer pads its parts, others do not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a token may be signed with. There is no `none`, and nothing that one could make who can check it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
}

impl Algorithm {
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rs256,
            "RS384" => Self::Rs384,
            "RS512" => Self::Rs512,
            "PS256" => Self::Ps256,
            "PS384" => Self::Ps384,
            "PS512" => Self::Ps512,
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            _ => return None,
        })
    }

    fn of_rsa(self) -> Option<&'static RsaParameters> {
        Some(match self {
            Self::Rs256 => &signature::RSA_PKCS1_2048_8192_SHA256,
            Self::Rs384 => &signature::RSA_PKCS1_2048_8192_SHA384,
            Self::Rs512 => &signature::RSA_PKCS1_2048_8192_SHA512,
            Self::Ps256 => &signature::RSA_PSS_2048_8192_SHA256,
            Self::Ps384 => &signature::RSA_PSS_2048_8192_SHA384,
            Self::Ps512 => &signature::RSA_PSS_2048_8192_SHA512,
            Self::Es256 | Self::Es384 => return None,
        })
    }
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// A point, uncompressed.
    P256(Vec<u8>),
    P384(Vec<u8>),
}

impl Key {
    /// False as well where the algorithm is not one of this key.
    fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let by_point = |curve: &'static EcdsaVerificationAlgorithm, point: &[u8]| {
            UnparsedPublicKey::new(curve, point)
                .verify(message, signature)
                .is_ok()
        };
        match (self, algorithm) {
            (Self::P256(point), Algorithm::Es256) => {
                by_point(&signature::ECDSA_P256_SHA256_FIXED, point)
            }
            (Self::P384(point), Algorithm::Es384) => {
                by_point(&signature::ECDSA_P384_SHA384_FIXED, point)
            }
            (Self::Rsa { n, e }, algorithm) => algorithm.of_rsa().is_some_and(|parameters| {
                RsaPublicKeyComponents { n, e }
                    .verify(parameters, message, signature)
                    .is_ok()
            }),
            (Self::P256(_) | Self::P384(_), _) => false,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Header {
    alg: String,
    pub(crate) kid: Option<String>,
    /// Extensions that must be understood; none is.
    crit: Option<Value>,
    /// Of AWS's balancer.
    pub(crate) signer: Option<String>,
    pub(crate) exp: Option<f64>,
}

/// A token that was taken apart; nothing of it is to be believed before [`Token::claims`].
#[derive(Debug)]
pub(crate) struct Token<'t> {
    pub(crate) header: Header,
    pub(crate) algorithm: Algorithm,
    signed: &'t str,
    payload: &'t str,
    signature: Vec<u8>,
}

/// True where a credential has the form of a signed token.
pub(crate) fn looks_signed(credential: &str) -> bool {
    credential.split('.').count() == 3
}

impl<'t> Token<'t> {
    pub(crate) fn parse(text: &'t str) -> Result<Self, &'static str> {
        if text.len() > LONGEST {
            return Err("the token is too long");
        }
        let parts: Vec<&str> = text.split('.').collect();
        let [header, payload, signature] = parts[..] else {
            return Err("the token has not three parts");
        };
        let signed = &text[..header.len() + 1 + payload.len()];
        let header: Header = decode(header).ok_or("the token's header cannot be read")?;
        let algorithm = Algorithm::of(&header.alg).ok_or("the token's algorithm is not allowed")?;
        if header.crit.is_some() {
            return Err("the token has critical extensions");
        }
        let signature = BASE64.decode(signature);
        Ok(Self {
            header,
            algorithm,
            signed,
            payload,
            signature: signature.map_err(|_no_base64| "the token's signature cannot be read")?,
        })
    }

    /// What it says, if this key signed it.
    pub(crate) fn claims(&self, key: &Key) -> Result<Map<String, Value>, &'static str> {
        if !key.verifies(self.algorithm, self.signed.as_bytes(), &self.signature) {
            return Err("the token's signature does not fit");
        }
        decode(self.payload).ok_or("the token's claims cannot be read")
    }
}

fn decode<T: serde::de::DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&BASE64.decode(part).ok()?).ok()
}

/// A number of a key.
pub(crate) fn decode_bytes(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

#[cfg(test)]
pub(crate) mod testing {
    //! Signs as providers and balancers do.

    use aws_lc_rs::{
        rand::SystemRandom,
        rsa::KeySize,
        signature::{
            ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
            RsaKeyPair,
        },
    };
    use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};

    use super::*;

    pub(crate) enum Signer {
        Ec(EcdsaKeyPair),
        Rsa(RsaKeyPair),
    }

    impl Signer {
        pub(crate) fn ec() -> Self {
            Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
        }

        pub(crate) fn rsa() -> Self {
            Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
        }

        pub(crate) fn key(&self) -> Key {
            match self {
                Self::Ec(pair) => Key::P256(pair.public_key().as_ref().to_vec()),
                Self::Rsa(pair) => {
                    // RFC 8017's structure, of 2048 bits: the modulus, then the exponent.
                    let der = pair.public_key().as_ref();
                    Key::Rsa {
                        n: der[9..265].to_vec(),
                        e: der[267..].to_vec(),
                    }
                }
            }
        }

        /// As it stands in a provider's set of keys.
        pub(crate) fn jwk(&self, kid: &str) -> Value {
            let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
            match self.key() {
                Key::Rsa { n, e } => {
                    serde_json::json!({ "kty": "RSA", "kid": kid, "use": "sig", "n": text(&n), "e": text(&e) })
                }
                Key::P256(point) | Key::P384(point) => {
                    serde_json::json!({ "kty": "EC", "crv": "P-256", "kid": kid, "alg": "ES256", "x": text(&point[1..33]), "y": text(&point[33..]) })
                }
            }
        }

        /// As AWS's balancer publishes it.
        pub(crate) fn pem(&self) -> String {
            let Key::P256(point) = self.key() else {
                panic!("balancers sign with ES256")
            };
            let der = [crate::auth::alb::P256_PREFIX, &point].concat();
            format!(
                "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
                STANDARD.encode(der)
            )
        }

        pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
            self.sign_with(&URL_SAFE_NO_PAD, header, claims)
        }

        pub(crate) fn sign_padded(&self, header: &Value, claims: &Value) -> String {
            self.sign_with(&URL_SAFE, header, claims)
        }

        fn sign_with(&self, base64: &GeneralPurpose, header: &Value, claims: &Value) -> String {
            let text = |value: &Value| base64.encode(value.to_string());
            let signed = format!("{}.{}", text(header), text(claims));
            let random = SystemRandom::new();
            let signature = match self {
                Self::Ec(pair) => pair
                    .sign(&random, signed.as_bytes())
                    .unwrap()
                    .as_ref()
                    .to_vec(),
                Self::Rsa(pair) => {
                    let mut signature = vec![0; pair.public_modulus_len()];
                    pair.sign(
                        &RSA_PKCS1_SHA256,
                        &random,
                        signed.as_bytes(),
                        &mut signature,
                    )
                    .unwrap();
                    signature
                }
            };
            format!("{signed}.{}", base64.encode(signature))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{testing::Signer, *};

    #[test]
    fn a_token_is_believed_where_the_key_signed_it() {
        for (signer, alg) in [(Signer::ec(), "ES256"), (Signer::rsa(), "RS256")] {
            let text = signer.sign(&json!({ "alg": alg, "kid": "1" }), &json!({ "sub": "ann" }));
            let token = Token::parse(&text).unwrap();
            assert_eq!(token.header.kid.as_deref(), Some("1"));
            assert_eq!(token.claims(&signer.key()).unwrap()["sub"], "ann");
            for other in [Signer::ec(), Signer::rsa()] {
                token.claims(&other.key()).unwrap_err();
            }
            let padded = signer.sign_padded(&json!({ "alg": alg }), &json!({ "sub": "ann" }));
            Token::parse(&padded)
                .unwrap()
                .claims(&signer.key())
                .unwrap();
            let parts: Vec<&str> = text.split('.').collect();
            let bob = BASE64.encode(json!({ "sub": "bob" }).to_string());
            let forged = format!("{}.{bob}.{}", parts[0], parts[2]);
            Token::parse(&forged)
                .unwrap()
                .claims(&signer.key())
                .unwrap_err();
            let unsigned = format!("{}.{}.", parts[0], parts[1]);
            Token::parse(&unsigned)
                .unwrap()
                .claims(&signer.key())
                .unwrap_err();
        }
    }

    #[test]
    fn a_key_serves_its_own_algorithms_alone() {
        let rsa = Signer::rsa();
        for alg in ["ES256", "PS256", "RS384"] {
            let text = rsa.sign(&json!({ "alg": alg }), &json!({}));
            Token::parse(&text).unwrap().claims(&rsa.key()).unwrap_err();
        }
    }

    #[test]
    fn nobody_signs_with_nothing_or_with_what_is_public() {
        let signer = Signer::ec();
        for alg in ["none", "None", "", "HS256", "HS512", "RS1", "EdDSA"] {
            let text = signer.sign(&json!({ "alg": alg }), &json!({}));
            assert_eq!(
                Token::parse(&text).unwrap_err(),
                "the token's algorithm is not allowed",
                "{alg}"
            );
        }
        let text = signer.sign(
            &json!({ "alg": "ES256", "crit": ["b64"], "b64": false }),
            &json!({}),
        );
        Token::parse(&text).unwrap_err();
        for text in [
            "",
            "a.b",
            "a.b.c",
            "..",
            "a.b.c.d",
            &"x".repeat(LONGEST + 1),
        ] {
            Token::parse(text).unwrap_err();
        }
    }
}
