using System.Runtime.InteropServices;

namespace Kappa.Lab.Runs;

/// <summary>Exchanges the names of two folders in one step, where the system can: then no moment is without either.</summary>
internal static unsafe class FolderExchange
{
    private const int CurrentFolder = -100;
    private const uint Exchange = 2;

    /// <summary>Exchanges two folders that exist.</summary>
    /// <returns>Whether it could; nothing changed where not.</returns>
    internal static bool TryExchange(string one, string other)
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "renameat2", out nint address))
            return false;
        var rename = (delegate* unmanaged<int, byte*, int, byte*, uint, int>)address;
        fixed (byte* onePath = Encoding.UTF8.GetBytes(one + '\0'), otherPath = Encoding.UTF8.GetBytes(other + '\0'))
            return rename(CurrentFolder, onePath, CurrentFolder, otherPath, Exchange) == 0;
    }
}
