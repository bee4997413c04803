using Clones.Chaos.Servers;
using Clones.Client;
using Clones.Demo;

namespace Clones.Chaos.Work;

/// <summary>An owner whose client signs in again when the token has run out, and who tries again when the API is away.</summary>
internal sealed class Owner : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly ClonesClient api;
    private readonly TimeProvider time;

    public Owner(ChaosSystem system, TimeProvider time)
    {
        this.time = time;
        api = system.ClientFor(ClonesCredentials.Wallet(Wallet.Address, Wallet.SignMessageAsync));
    }

    public OwnerWallet Wallet { get; } = new();

    /// <summary>Until it is answered: with a success, or with a rejection that another try would not change.</summary>
    /// <exception cref="ClonesProblemException">It was rejected.</exception>
    public async Task<T> AskAsync<T>(Func<ClonesClient, Task<T>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await ask(api);
            }
            catch (Exception e)
                when ((TransientFailures.Is(e) || e is ClonesProblemException { Status: 401 }) && !cancellationToken.IsCancellationRequested
                )
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    public void Dispose()
    {
        api.Dispose();
        Wallet.Dispose();
    }
}
