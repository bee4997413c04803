namespace Clones.Client;

/// <summary>What the API, or something before it, answered, and a caller cannot use.</summary>
public abstract class ClonesException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// An answer that is a success by its status and not what the document describes by its body: something that is not the API has answered, or it is of
/// another version.
/// </summary>
public sealed class ClonesAnswerException(string request, int status, string reason, Exception? inner = null)
    : ClonesException($"{request} answered {status} with a body that cannot be used: {reason}", inner)
{
    public int Status { get; } = status;
}

/// <summary>The wallet did not sign: the person said no, or it failed, which the inner exception shows. It is not asked again by itself.</summary>
public sealed class ClonesSigningException(Exception inner) : ClonesException($"The wallet did not sign in: {inner.Message}", inner);
