namespace Clones.Api.Requests;

/// <summary>A value, or the reason why there is none; the reason completes the sentence "name ...".</summary>
internal readonly record struct Parsed<T>
{
    private Parsed(T? value, string? reason) => (Value, Reason) = (value, reason);

    public T? Value { get; }
    public string? Reason { get; }

    public static implicit operator Parsed<T>(T value) => new(value, null);

    public static implicit operator Parsed<T>(Rejection rejection) => new(default, rejection.Reason);
}

/// <summary>Why a value is rejected, e.g. <c>must be 3 to 10 of A-Z and 0-9</c>.</summary>
internal readonly record struct Rejection(string Reason);

/// <summary>A value type that exists only where its rule holds.</summary>
internal interface IField<TSelf, TRaw>
    where TSelf : IField<TSelf, TRaw>
{
    static abstract Parsed<TSelf> Parse(TRaw raw);
}
