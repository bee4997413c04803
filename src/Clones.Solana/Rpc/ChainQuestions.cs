namespace Clones.Solana.Rpc;

/// <summary>
/// Lets a unit of work be written as if it asked the chain while it holds locks, and asks while nothing is held. The first question without an
/// answer ends the unit, which lets go of everything; what it asked is asked then, and the unit begins anew with the answers, until it asks nothing
/// new. So what it decides, it decides under its locks, by answers that are a little older than the locks.
/// </summary>
/// <remarks>
/// Each question is asked once for one <see cref="RunAsync"/>: whoever needs to see a change asks something else, as for a later slot. What a unit
/// does outside its database transaction before it has asked everything happens again.
/// </remarks>
public sealed class ChainQuestions
{
    /// <summary>Pages of a history are one question after the other; nobody asks for more than so many.</summary>
    private const int RoundsMax = 2_000;

    private static readonly AsyncLocal<ChainQuestions?> Asking = new();

    private readonly Lock gate = new();

    /// <summary>Failures are answers too.</summary>
    private readonly Dictionary<string, Task> answers = new(StringComparer.Ordinal);

    /// <summary>In the order in which they came: the simulator replays it.</summary>
    private readonly OrderedDictionary<string, Func<Task>> open = new(StringComparer.Ordinal);

    private ChainQuestions() { }

    /// <param name="unit">Begins and ends its own database transaction. Calls <see cref="RequireAnswers"/> before it commits.</param>
    /// <exception cref="InvalidOperationException">It never stops asking.</exception>
    public static async Task RunAsync(Func<Task> unit)
    {
        var questions = new ChainQuestions();
        for (var round = 0; round < RoundsMax; round++)
        {
            if (await questions.IsDoneAsync(unit).ConfigureAwait(false))
            {
                return;
            }
            await Task.WhenAll(questions.TakeOpen().Select(ask => ask())).ConfigureAwait(false);
        }
        throw new InvalidOperationException($"A unit of work still asks the chain after {RoundsMax} rounds.");
    }

    /// <summary>Ends the unit where something has gone on without an answer.</summary>
    public static void RequireAnswers()
    {
        if (Asking.Value is { HasOpen: true })
        {
            throw new UnansweredException();
        }
    }

    /// <summary>Whether a unit of work is about, which may hear an answer again that is old by now.</summary>
    internal static bool AreHeardAgain => Asking.Value is not null;

    /// <param name="question">Everything that the answer depends on.</param>
    /// <param name="ask">Asks at once where no unit of work is about.</param>
    public static Task<T> AskAsync<T>(Func<string> question, Func<Task<T>> ask)
    {
        if (Asking.Value is not { } questions)
        {
            return ask();
        }
        var name = question();
        lock (questions.gate)
        {
            if (questions.answers.TryGetValue(name, out var answer))
            {
                return (Task<T>)answer;
            }
            questions.open.TryAdd(name, () => questions.ReadAsync(name, ask));
        }
        return Task.FromException<T>(new UnansweredException());
    }

    private bool HasOpen
    {
        get
        {
            lock (gate)
            {
                return open.Count > 0;
            }
        }
    }

    private Func<Task>[] TakeOpen()
    {
        lock (gate)
        {
            Func<Task>[] taken = [.. open.Values];
            open.Clear();
            return taken;
        }
    }

    // The local value ends with this method.
    private async Task<bool> IsDoneAsync(Func<Task> unit)
    {
        Asking.Value = this;
        try
        {
            await unit().ConfigureAwait(false);
            return true;
        }
        catch (Exception) when (HasOpen)
        {
            // Whatever it was, it came of an answer that was not there.
            return false;
        }
    }

    private async Task ReadAsync<T>(string name, Func<Task<T>> ask)
    {
        var answer = ask();
        await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (gate)
        {
            answers[name] = answer;
        }
    }

    /// <summary>No failure of a node: nothing but the end of the unit may come of it.</summary>
    private sealed class UnansweredException() : Exception("The chain is asked before the unit of work begins anew.");
}
