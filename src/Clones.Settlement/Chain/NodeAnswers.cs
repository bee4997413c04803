using Clones.Solana.Rpc;

namespace Clones.Settlement.Chain;

internal static class NodeAnswers
{
    /// <summary>
    /// Asks each node by itself. One that does not answer is left out: an error is neither zero nor "nothing there", and it keeps nobody from
    /// hearing the others. Whoever concludes something counts the answers.
    /// </summary>
    public static async Task<IReadOnlyList<T>> AnswersAsync<T>(this IEnumerable<IRpcClient> nodes, Func<IRpcClient, Task<T>> ask)
    {
        var answers = await Task.WhenAll(nodes.Select(AskAsync));
        return [.. answers.SelectMany(answer => answer)];

        async Task<T[]> AskAsync(IRpcClient node)
        {
            try
            {
                return [await ask(node)];
            }
            catch (RpcException)
            {
                return [];
            }
        }
    }
}
