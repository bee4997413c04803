using Clones.Chaos.Servers;
using Clones.Demo;

namespace Clones.Chaos.Work;

/// <summary>An owner who signs in again when the token has run out, and tries again when the API is away.</summary>
internal sealed class Owner(ChaosSystem system, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly ClonesApi api = system.Anonymous;

    public OwnerWallet Wallet { get; } = new();

    /// <summary>Until it is answered: with a success, or with a refusal that another try would not change.</summary>
    /// <exception cref="ApiProblemException">It was refused.</exception>
    public async Task<T> AskAsync<T>(Func<ClonesApi, Task<T>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await ask(api);
            }
            catch (ApiProblemException e) when (e.Problem.Status == 401)
            {
                await SignInAsync(cancellationToken);
            }
            catch (Exception e) when (Passing.Is(e) && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    public void Dispose() => Wallet.Dispose();

    private async Task SignInAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Wallet.SignInAsync(api, cancellationToken);
        }
        catch (Exception e) when (Passing.Is(e) && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(Pause, time, cancellationToken);
        }
    }
}
