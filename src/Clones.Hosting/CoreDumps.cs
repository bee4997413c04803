using System.Runtime.InteropServices;

namespace Clones.Hosting;

/// <summary>A dump of this process would hold master keys: the kernel is told to write none, and to let no other process of the user read it.</summary>
public static partial class CoreDumps
{
    private const int PrSetDumpable = 4;

    /// <returns>Whether the kernel agreed; false where it is not Linux (the unit or image has to do it there).</returns>
    public static bool SwitchOff() => OperatingSystem.IsLinux() && prctl(PrSetDumpable, 0, 0, 0, 0) == 0;

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int prctl(int option, nuint value, nuint unused3, nuint unused4, nuint unused5);
}
