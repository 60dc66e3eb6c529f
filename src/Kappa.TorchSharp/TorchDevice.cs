using System.Collections.Concurrent;
using Kappa.Tensors;
using Kappa.TorchSharp.Kernels;
using TorchSharp;

namespace Kappa.TorchSharp;

/// <summary>Devices of libtorch, for Kappa's tensors: <c>tensor.To(TorchDevice.Cuda())</c>, <c>model.To(TorchDevice.Cuda())</c>.</summary>
/// <remarks>
/// The package that a program refers to beside this one decides what there is: <c>TorchSharp-cpu</c>, <c>TorchSharp-cuda-linux</c> or
/// <c>TorchSharp-cuda-windows</c>. Results agree with those of <see cref="Device.Cpu"/> up to rounding; the same bits in every run are what libtorch promises
/// of its own kernels, and no more.
/// </remarks>
public static class TorchDevice
{
    private static readonly ConcurrentDictionary<(DeviceType Type, int Index, MatrixPrecision Precision), Device> Known = new();

    /// <summary>libtorch on the host's processor.</summary>
    public static Device Cpu => CpuIn(MatrixPrecision.Float32);

    /// <summary>libtorch on the host's processor, with a precision.</summary>
    /// <param name="precision">How it multiplies matrices of Float32: in single precision or in bfloat16.</param>
    /// <exception cref="NotSupportedException">A processor has no TF32.</exception>
    public static Device CpuIn(MatrixPrecision precision) => precision == MatrixPrecision.Tf32
        ? throw new NotSupportedException("TF32 is of graphics cards; a processor computes in Float32 or Bfloat16")
        : In(new torch.Device(DeviceType.CPU), precision);

    /// <summary>A graphics card.</summary>
    /// <param name="index">Which one, from 0.</param>
    /// <param name="precision">How it multiplies matrices of Float32. TF32 is a switch of libtorch's for the whole process: the first card that is opened
    /// decides it.</param>
    /// <exception cref="NotSupportedException">libtorch sees no such card, and the message says what to install; or the process has another
    /// precision.</exception>
    public static Device Cuda(int index = 0, MatrixPrecision precision = MatrixPrecision.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        int count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        if (index >= count)
        {
            throw new NotSupportedException(
                $"libtorch sees {(count == 0 ? "no graphics card" : count == 1 ? "1 graphics card" : $"{count} graphics cards")}; asked for number {index}, "
                + "counted from 0. It takes a driver of NVIDIA and a libtorch that is made for CUDA: in a program of your own the package "
                + $"TorchSharp-cuda-linux or TorchSharp-cuda-windows in place of TorchSharp-cpu, "
                + $"or {Libtorch.EnvironmentVariable} with the folder of such a libtorch");
        }

        GraphicsCards.Configure(precision);
        return In(new torch.Device(DeviceType.CUDA, index), precision);
    }

    /// <summary>The device of the same name: there is one object for each.</summary>
    /// <param name="device">A device of libtorch.</param>
    public static Device Of(torch.Device device) => In(device, MatrixPrecision.Float32);

    private static Device In(torch.Device device, MatrixPrecision precision)
    {
        ArgumentNullException.ThrowIfNull(device);
        int index = device.type == DeviceType.CPU ? -1 : Math.Max(0, device.index);
        return Known.GetOrAdd((device.type, index, precision), key =>
        {
            var kernels = new TorchBackend(key.Index < 0 ? new torch.Device(key.Type) : new torch.Device(key.Type, key.Index), key.Precision);
            return kernels.Device;
        });
    }
}
