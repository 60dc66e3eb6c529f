using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Kappa.TorchSharp.Tests;

/// <summary>Whether libtorch can be loaded here.</summary>
internal static class Libtorch
{
    private static readonly Lazy<string?> Fault = new(Find);

    /// <summary>Skips a test where libtorch cannot be loaded.</summary>
    internal static void Require() => Skip.If(Fault.Value is not null, $"libtorch is not installed: {Fault.Value}");

    private static string? Find()
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux) || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return "these tests come with libtorch for Linux on x86-64";
        string folder = AppContext.BaseDirectory;
        try
        {
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
            or System.ComponentModel.Win32Exception)
        {
            return error.GetBaseException().Message;
        }
    }
}
