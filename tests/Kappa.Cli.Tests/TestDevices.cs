using System.Diagnostics;
using Kappa.Tests.Tensors.Devices;
using Kappa.TorchSharp;

namespace Kappa.Cli.Tests;

/// <summary>The devices that commands are held to: one of plain loops, in memory that the host cannot reach, and libtorch where it loads.</summary>
internal static class TestDevices
{
    internal const string Reference = "reference";

    /// <summary>libtorch's processor, unless the environment names a card.</summary>
    internal static string Torch { get; } = Environment.GetEnvironmentVariable("KAPPA_TEST_DEVICE") ?? "torch-cpu";

    private static readonly Lazy<string?> TorchFault = new(FindTorch);

    /// <summary>Makes a device known to the commands, and skips the test where it is not installed.</summary>
    internal static void Require(string name)
    {
        if (name == Reference)
            ComputeDevices.Register(new DeviceFamily(Reference, false, "loops of the tests", (_, _) => ReferenceBackend.Device));
        else
            Skip.If(TorchFault.Value is not null, $"libtorch is not installed: {TorchFault.Value}");
    }

    private static string? FindTorch()
    {
        if (!OperatingSystem.IsLinux())
            return "the tests have it for Linux on x86-64";
        string folder = AppContext.BaseDirectory;
        try
        {
            using var script = Process.Start(new ProcessStartInfo(Path.Combine(folder, "loadable-shim.sh"), [folder]) { RedirectStandardError = true })!;
            string error = script.StandardError.ReadToEnd();
            script.WaitForExit();
            if (script.ExitCode != 0)
                return error.Trim();
            _ = Libtorch.Load();
            return null;
        }
        catch (Exception error) when (error is NotSupportedException or System.ComponentModel.Win32Exception)
        {
            return error.Message;
        }
    }
}
