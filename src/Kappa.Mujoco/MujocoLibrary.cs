using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kappa.Mujoco;

/// <summary>Finds libmujoco, checks its version before any struct is read, and says how to get it when it is missing.</summary>
public static unsafe class MujocoLibrary
{
    /// <summary>The only version whose struct layout this binding knows, as <c>mj_version()</c> reports it (2.2.2).</summary>
    public const int RequiredVersion = 222;

    // libmujoco.so comes with the development package only; the runtime package installs the versioned name alone.
    internal static readonly string[] CandidateNames = ["libmujoco.so", "libmujoco.so.2.2.2"];

    private static readonly Lazy<LoadOutcome> Outcome = new(Load);

    /// <summary>True when a libmujoco of the required version can be loaded on this machine.</summary>
    public static bool IsAvailable => Outcome.Value.Handle != 0;

    /// <summary>Why the library cannot be used and how to get it; empty when it can be used.</summary>
    public static string UnavailableReason => Outcome.Value.Problem;

    /// <summary>Looks at what is installed now, where the other members keep what they found at their first use.</summary>
    /// <returns>Why the library could not be used, and how to get it; empty where it could.</returns>
    public static string LookAgain()
    {
        var attempts = new List<string>();
        nint handle = LoadFirst(CandidateNames, attempts);
        if (handle == 0)
            return DescribeMissing(attempts);
        NativeLibrary.Free(handle);
        return string.Empty;
    }

    /// <summary>Returns when the library is ready to use.</summary>
    /// <exception cref="MujocoException">The library is missing or has another version; the message names the package to install.</exception>
    public static void Require()
    {
        if (!IsAvailable)
            throw new MujocoException(UnavailableReason);
    }

    /// <summary>The text for a machine where no candidate could be used.</summary>
    /// <param name="attempts">One line for each candidate: its name and what was wrong with it.</param>
    internal static string DescribeMissing(IReadOnlyList<string> attempts) =>
        "MuJoCo 2.2.2 is needed and was not found (" + string.Join("; ", attempts) + "). " +
        "On Debian 12 and its relatives install it with 'apt-get install libmujoco-dev libmujoco-samples' " +
        "(the first brings the library, the second the humanoid model). " +
        "Elsewhere put libmujoco.so.2.2.2 where the dynamic linker looks, for example through LD_LIBRARY_PATH.";

    internal static nint Export(string symbol) => NativeLibrary.GetExport(Outcome.Value.Handle, symbol);

    /// <summary>Loads the first usable candidate; 0 when there is none, with the reason for each in <paramref name="attempts"/>.</summary>
    internal static nint LoadFirst(IEnumerable<string> names, List<string> attempts)
    {
        foreach (string name in names)
        {
            if (!NativeLibrary.TryLoad(name, out nint handle))
            {
                attempts.Add($"{name}: not found");
                continue;
            }
            string problem = "has no mj_version";
            if (NativeLibrary.TryGetExport(handle, "mj_version", out nint entry))
            {
                int version = ((delegate* unmanaged[Cdecl]<int>)entry)();
                if (version == RequiredVersion)
                    return handle;
                problem = $"version {version}, expected {RequiredVersion}";
            }
            attempts.Add($"{name}: {problem}");
            NativeLibrary.Free(handle);
        }
        return 0;
    }

    private static LoadOutcome Load()
    {
        var attempts = new List<string>();
        nint handle = LoadFirst(CandidateNames, attempts);
        if (handle == 0)
            return new LoadOutcome(0, DescribeMissing(attempts));
        InstallHandlers(handle);
        NativeLibrary.SetDllImportResolver(
            typeof(MujocoLibrary).Assembly, (library, _, _) => library == NativeMethods.Library ? handle : 0);
        return new LoadOutcome(handle, string.Empty);
    }

    // Without handlers MuJoCo waits for the Enter key before it exits on an error, and appends each warning to
    // MUJOCO_LOG.TXT in the working directory. Warnings stay readable as counters in MujocoData.
    private static void InstallHandlers(nint library)
    {
        var error = (nint*)NativeLibrary.GetExport(library, "mju_user_error");
        if (*error == 0)
            *error = (nint)(delegate* unmanaged[Cdecl]<byte*, void>)&OnError;
        var warning = (nint*)NativeLibrary.GetExport(library, "mju_user_warning");
        if (*warning == 0)
            *warning = (nint)(delegate* unmanaged[Cdecl]<byte*, void>)&OnWarning;
    }

    // MuJoCo's state is undefined after mju_error: the handler may neither return nor unwind through C frames.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnError(byte* message) =>
        Environment.FailFast("MuJoCo stopped with an internal error: " + Marshal.PtrToStringUTF8((nint)message));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnWarning(byte* message)
    {
    }

    private sealed record LoadOutcome(nint Handle, string Problem);
}
