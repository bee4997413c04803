namespace Clones.Hosting;

/// <summary>The process cannot start as it is configured. The message says what to set and never repeats a value.</summary>
public sealed class ConfigurationMissingException(string message) : InvalidOperationException(message);
