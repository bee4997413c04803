namespace Clones.Simulation.Store;

/// <summary>What is wrong with the database now.</summary>
internal sealed class DatabaseFaults
{
    public bool Down { get; set; }

    /// <summary>Chance that a commit is rejected (serialization, dead connection): nothing of it happened.</summary>
    public double CommitFails { get; set; }

    /// <summary>Chance that a commit happens and its acknowledgement is lost.</summary>
    public double AcknowledgementLost { get; set; }

    /// <summary>Planted by a test: whoever asks may sign.</summary>
    public bool WithoutFence { get; set; }

    /// <summary>Planted by a test: the tags of payments are not searched.</summary>
    public bool WithoutTags { get; set; }

    /// <summary>Planted by a test: the unique indexes are not there.</summary>
    public bool WithoutUniqueIndexes { get; set; }
}

internal sealed class DatabaseFailure(string reason) : Exception(reason);
