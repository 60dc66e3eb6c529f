using Kappa.TorchSharp;

namespace Kappa.Cli;

/// <summary>The devices that libtorch brings, where the user has it: nothing of it is loaded before one is opened.</summary>
internal static class TorchFamilies
{
    private static int _registered;

    /// <summary>Makes their names known, once for the process.</summary>
    internal static void Register()
    {
        if (Interlocked.Exchange(ref _registered, 1) != 0)
            return;
        ComputeDevices.Register(new DeviceFamily("torch-cpu", false, "libtorch on the host's processor", (_, precision) => Processor(precision))
        {
            Precisions = [MatrixPrecision.Float32, MatrixPrecision.Bfloat16],
        });
        ComputeDevices.Register(new DeviceFamily("cuda", true, "a graphics card of NVIDIA, by libtorch", Card)
        {
            Precisions = [MatrixPrecision.Float32, MatrixPrecision.Tf32, MatrixPrecision.Bfloat16],
        });
        ComputeDevices.Register(new DeviceFamily("mps", false, "a graphics card of Apple, by libtorch", (_, _) => throw new NotSupportedException(
            "it holds no numbers of double precision, in which Kappa's sums and losses are computed on every device. Take cpu or torch-cpu")));
    }

    // Apart, so that the assemblies of TorchSharp are loaded when a device is opened and no earlier.
    private static Device Processor(MatrixPrecision precision)
    {
        _ = Libtorch.Load();
        return TorchDevice.CpuIn(precision);
    }

    private static Device Card(int index, MatrixPrecision precision)
    {
        _ = Libtorch.Load();
        return TorchDevice.Cuda(index, precision);
    }
}
