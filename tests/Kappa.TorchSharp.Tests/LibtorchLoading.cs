using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Kappa.TorchSharp.Tests;

/// <summary>Loads libtorch from the program's folder.</summary>
internal static class LibtorchLoading
{
    /// <summary>Tries it once.</summary>
    /// <returns>Why it cannot be loaded; null where it was.</returns>
    internal static string? Fault()
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux) || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return "what is referred to here is libtorch for Linux on x86-64";
        string folder = AppContext.BaseDirectory;
        try
        {
            if (Environment.GetEnvironmentVariable(TorchSharp.Libtorch.EnvironmentVariable) is not null)
            {
                _ = TorchSharp.Libtorch.Load();
                return null;
            }

            using var script = Process.Start(new ProcessStartInfo(Path.Combine(folder, "loadable-shim.sh"), [folder]) { RedirectStandardError = true })!;
            string error = script.StandardError.ReadToEnd();
            script.WaitForExit();
            if (script.ExitCode != 0)
                return error.Trim();
            // What the library between needs is looked for among what is loaded.
            string native = Path.Combine(folder, "runtimes", "linux-x64", "native");
            foreach (string name in (string[])["libc10.so", "libtorch_cpu.so", "libtorch.so"])
                _ = NativeLibrary.Load(Path.Combine(native, name));
            using var one = torch.ones(1);
            return null;
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException or NotSupportedException or InvalidOperationException
            or Win32Exception)
        {
            return error.GetBaseException().Message;
        }
    }
}
