//! The kinds of problem that both APIs can answer with.

/// Declares kinds as statics and collects them in `KINDS`: name, slug, status, French and English title.
///
/// The page of a kind is `problems/<slug>.md` in the crate that declares it; without it the crate does not build.
#[macro_export]
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $status:ident, $fr:literal, $en:literal;)+) => {
        $($(#[$doc])*
        pub static $name: $crate::Kind = $crate::Kind {
            slug: $slug,
            status: ::axum::http::StatusCode::$status,
            title_fr: $fr,
            title_en: $en,
            page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/problems/", $slug, ".md")),
        };)+

        /// Every kind that this crate declares.
        pub const KINDS: &[&$crate::Kind] = &[$(&$name),+];
    };
}

kinds! {
    /// The request cannot be read: broken JSON, invalid UTF-8, an interrupted body.
    MALFORMED_REQUEST = "malformed-request", BAD_REQUEST,
        "Requête illisible", "Malformed request";
    /// A command came without `Idempotency-Key`.
    IDEMPOTENCY_KEY_MISSING = "idempotency-key-missing", BAD_REQUEST,
        "Clé d’idempotence absente", "Idempotency key missing";
    /// The caller is unknown, or the session has ended.
    NOT_SIGNED_IN = "not-signed-in", UNAUTHORIZED,
        "Connexion requise", "Not signed in";
    /// Username and secret do not open a session; the same for an unknown agent.
    INVALID_CREDENTIALS = "invalid-credentials", UNAUTHORIZED,
        "Identifiants refusés", "Invalid credentials";
    /// A browser sent it from another site, or without the session's CSRF token.
    CROSS_SITE_REQUEST = "cross-site-request", FORBIDDEN,
        "Requête venue d’un autre site", "Cross-site request";
    /// The caller has not the role that this asks for.
    NOT_ALLOWED = "not-allowed", FORBIDDEN,
        "Action non autorisée", "Not allowed";
    /// The session came from a first secret: the personal password comes first.
    PERSONAL_PASSWORD_REQUIRED = "personal-password-required", FORBIDDEN,
        "Mot de passe personnel requis", "Personal password required";
    /// Nothing there, or nothing that is the caller's to know of.
    NOT_FOUND = "not-found", NOT_FOUND,
        "Introuvable", "Not found";
    /// The resource exists, and not for this method.
    METHOD_NOT_ALLOWED = "method-not-allowed", METHOD_NOT_ALLOWED,
        "Méthode non permise", "Method not allowed";
    /// None of the accepted media types can be served.
    NOT_ACCEPTABLE = "not-acceptable", NOT_ACCEPTABLE,
        "Format de réponse indisponible", "Not acceptable";
    /// The body took too long to arrive, or the answer to be made.
    REQUEST_TIMEOUT = "request-timeout", REQUEST_TIMEOUT,
        "Délai dépassé", "Request timeout";
    /// Another command was first, again and again.
    VERSION_CONFLICT = "version-conflict", CONFLICT,
        "Modification concurrente", "Version conflict";
    /// The username is someone's, now or before.
    USERNAME_TAKEN = "username-taken", CONFLICT,
        "Identifiant déjà attribué", "Username taken";
    /// The account is not suspended.
    NOT_SUSPENDED = "not-suspended", CONFLICT,
        "Compte non suspendu", "Not suspended";
    /// The agent has that role.
    ROLE_ALREADY_GRANTED = "role-already-granted", CONFLICT,
        "Rôle déjà attribué", "Role already granted";
    /// The agent has not that role.
    ROLE_NOT_HELD = "role-not-held", CONFLICT,
        "Rôle non détenu", "Role not held";
    /// The resource is no longer what `If-Match` names.
    PRECONDITION_FAILED = "precondition-failed", PRECONDITION_FAILED,
        "Condition non remplie", "Precondition failed";
    /// The body is longer than the route takes.
    PAYLOAD_TOO_LARGE = "payload-too-large", PAYLOAD_TOO_LARGE,
        "Corps trop volumineux", "Payload too large";
    /// The body is in another format than the route takes.
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE,
        "Format de requête non pris en charge", "Unsupported media type";
    /// One field or several cannot be what was sent.
    INVALID_FIELD = "invalid-field", UNPROCESSABLE_ENTITY,
        "Champ invalide", "Invalid field";
    /// The key came before, with another request.
    IDEMPOTENCY_KEY_REUSED = "idempotency-key-reused", UNPROCESSABLE_ENTITY,
        "Clé d’idempotence déjà utilisée", "Idempotency key reused";
    /// Too many failed attempts from there.
    TOO_MANY_ATTEMPTS = "too-many-attempts", TOO_MANY_REQUESTS,
        "Trop de tentatives", "Too many attempts";
    /// Too many requests from there.
    TOO_MANY_REQUESTS = "too-many-requests", TOO_MANY_REQUESTS,
        "Trop de requêtes", "Too many requests";
    /// A fault of ours.
    INTERNAL = "internal", INTERNAL_SERVER_ERROR,
        "Erreur interne", "Internal error";
    /// Something that we need does not answer, or we are full.
    UNAVAILABLE = "unavailable", SERVICE_UNAVAILABLE,
        "Service indisponible", "Unavailable";
    /// The read model has not yet reached the position asked for.
    BEHIND = "behind", SERVICE_UNAVAILABLE,
        "Lecture en retard", "Behind";
}
