namespace Clones.Api.Requests;

internal static class PersistentHeader
{
    /// <summary>Set now, and once more when the answer begins: whoever turns an exception into a problem throws away what was set before.</summary>
    public static void AddHeader(this HttpResponse response, string name, string value)
    {
        response.Headers[name] = value;
        response.OnStarting(() =>
        {
            response.Headers[name] = value;
            return Task.CompletedTask;
        });
    }
}
