using Clones.Client;

namespace Clones.Chaos.Work;

/// <summary>Which failures say nothing of the request, so that the same one may be sent again under the same key.</summary>
internal static class TransientFailures
{
    public static bool Is(Exception failure) =>
        failure
            // A cut or empty body is an answer that did not arrive.
            is HttpRequestException
                or TaskCanceledException
                or TimeoutException
                or IOException
                or ClonesAnswerException
                or ClonesProblemException { Status: >= 500 or 408 or 429 };
}
