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
        string? fault = LibtorchLoading.Fault();
        // Its threads wait in a loop, and would take turns with Kappa's on a busy machine.
        if (fault is null)
            torch.set_num_threads(1);
        return fault;
    }
}
