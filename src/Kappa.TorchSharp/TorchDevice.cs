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
    private static readonly ConcurrentDictionary<(DeviceType Type, int Index), Device> Known = new();

    /// <summary>libtorch on the host's processor.</summary>
    public static Device Cpu => Of(new torch.Device(DeviceType.CPU));

    /// <summary>A graphics card.</summary>
    /// <param name="index">Which one, from 0.</param>
    /// <exception cref="NotSupportedException">libtorch sees no such card; the message says what to install.</exception>
    public static Device Cuda(int index = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        int count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        return index < count ? Of(new torch.Device(DeviceType.CUDA, index)) : throw new NotSupportedException(
            $"libtorch sees {count} graphics card(s); asked for number {index}. Refer to TorchSharp-cuda-linux or TorchSharp-cuda-windows in place of "
            + "TorchSharp-cpu, and install a driver of NVIDIA");
    }

    /// <summary>The device of the same name: there is one object for each.</summary>
    /// <param name="device">A device of libtorch.</param>
    public static Device Of(torch.Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        int index = device.type == DeviceType.CPU ? -1 : Math.Max(0, device.index);
        return Known.GetOrAdd((device.type, index), key =>
        {
            var kernels = new TorchBackend(key.Index < 0 ? new torch.Device(key.Type) : new torch.Device(key.Type, key.Index));
            return kernels.Device;
        });
    }
}
