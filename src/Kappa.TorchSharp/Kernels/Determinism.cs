using System.Runtime.InteropServices;
using TorchSharp;

namespace Kappa.TorchSharp.Kernels;

/// <summary>libtorch's switch to algorithms that give the same bits in every run, which TorchSharp has not: called by its name in the library.</summary>
/// <remarks>On Linux alone, where names and calls are those of the Itanium interface. An operation without such an algorithm warns, and goes on.</remarks>
internal static unsafe class Determinism
{
    private const string Library = "torch_cpu";
    private const string Context = "_ZN2at13globalContextEv";
    private const string Algorithms = "_ZN2at7Context26setDeterministicAlgorithmsEbb";
    private const string Filling = "_ZN2at7Context39setDeterministicFillUninitializedMemoryEb";
    private const string State = "_ZNK2at7Context23deterministicAlgorithmsEv";

    /// <summary>Whether such algorithms are asked for; null where that cannot be told.</summary>
    internal static bool? IsOn => Find(State) is var (context, function) ? ((delegate* unmanaged<nint, byte>)function)(context) != 0 : null;

    /// <summary>Switches them on or off.</summary>
    /// <returns>Whether that was possible.</returns>
    internal static bool Switch(bool isOn)
    {
        if (Find(Algorithms) is not var (context, algorithms) || Find(Filling) is not var (_, filling))
            return false;
        ((delegate* unmanaged<nint, byte, byte, void>)algorithms)(context, isOn ? (byte)1 : (byte)0, 1);
        // New memory is written before it is read: filling it with NaN, which goes with the switch, would only take time.
        ((delegate* unmanaged<nint, byte, void>)filling)(context, 0);
        return true;
    }

    /// <summary>The context of libtorch, and one of its functions.</summary>
    private static (nint Context, nint Function)? Find(string name) =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad(Library, typeof(torch).Assembly, null, out nint library)
        && NativeLibrary.TryGetExport(library, Context, out nint context) && NativeLibrary.TryGetExport(library, name, out nint function)
            ? (((delegate* unmanaged<nint>)context)(), function)
            : null;
}
