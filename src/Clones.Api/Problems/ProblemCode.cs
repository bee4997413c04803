namespace Clones.Api.Problems;

/// <summary>The stable codes of docs/api.md; callers branch on them, so none is ever renamed.</summary>
internal static class ProblemCode
{
    public const string InvalidJson = "invalid_json";
    public const string InvalidRequest = "invalid_request";
    public const string AuthenticationRequired = "authentication_required";
    public const string SignInRefused = "sign_in_refused";
    public const string Forbidden = "forbidden";
    public const string NotFound = "not_found";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string NotAcceptable = "not_acceptable";
    public const string RequestTimeout = "request_timeout";
    public const string BodyTooLarge = "body_too_large";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string HeadersTooLarge = "headers_too_large";
    public const string EventNotValid = "event_not_valid";
    public const string SubmissionInFlight = "submission_in_flight";
    public const string ChainIsRead = "chain_is_read";
    public const string AgentExists = "agent_exists";
    public const string AgentNotDraft = "agent_not_draft";
    public const string PoolNotReady = "pool_not_ready";
    public const string PoolPaused = "pool_paused";
    public const string TransactionNotWanted = "transaction_not_wanted";
    public const string TransactionExpired = "transaction_expired";
    public const string TokenTaken = "token_taken";
    public const string WebhookLimitReached = "webhook_limit_reached";
    public const string WebhookDisabled = "webhook_disabled";
    public const string WebhookTestsPending = "webhook_tests_pending";
    public const string WebhookBacklogFull = "webhook_backlog_full";
    public const string WebhookDeliveryInFlight = "webhook_delivery_in_flight";
    public const string PreconditionFailed = "precondition_failed";
    public const string PreconditionRequired = "precondition_required";
    public const string IdempotencyKeyReused = "idempotency_key_reused";
    public const string InsufficientFunds = "insufficient_funds";
    public const string InsufficientGas = "insufficient_gas";
    public const string BatchRefused = "batch_refused";
    public const string RecipientNotValid = "recipient_not_valid";
    public const string TransactionAltered = "transaction_altered";
    public const string SignatureNotValid = "signature_not_valid";
    public const string MintNotValid = "mint_not_valid";
    public const string RateLimited = "rate_limited";
    public const string ChainUnavailable = "chain_unavailable";
    public const string DatabaseUnavailable = "database_unavailable";
    public const string WorkersBusy = "workers_busy";
    public const string InternalError = "internal_error";

    public static string ForStatus(int status) =>
        status switch
        {
            401 => AuthenticationRequired,
            403 => Forbidden,
            404 => NotFound,
            405 => MethodNotAllowed,
            406 => NotAcceptable,
            408 => RequestTimeout,
            412 => PreconditionFailed,
            413 => BodyTooLarge,
            415 => UnsupportedMediaType,
            428 => PreconditionRequired,
            429 => RateLimited,
            431 => HeadersTooLarge,
            >= 500 => InternalError,
            _ => InvalidRequest,
        };
}
