using Kappa.Tensors.Cpu;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors;

/// <summary>Where tensors live and are computed with: the host's memory and processor, or those of another package, such as a graphics card.</summary>
/// <remarks>
/// An operation runs on the device of its operands, which all have to be on one, and its result is there. Elements are read and written on the host alone:
/// <see cref="Tensor.To(Device)"/> copies there and back. On any device the same seed draws the same numbers.
/// </remarks>
public sealed class Device
{
    /// <summary>Makes a device of its kernels.</summary>
    /// <param name="name">What errors call it, such as <c>cpu</c>.</param>
    /// <param name="kernels">How it computes.</param>
    internal Device(string name, Backend kernels)
    {
        Name = name;
        Backend = new GuardedBackend(this, kernels);
    }

    /// <summary>The host's memory and processor, where tensors are unless asked otherwise.</summary>
    public static Device Cpu { get; } = new("cpu", new CpuBackend());

    /// <summary>What errors call it, such as <c>cpu</c>.</summary>
    public string Name { get; }

    /// <summary>Whether its memory is the host's, so that elements can be read and written.</summary>
    public bool IsHost => this == Cpu;

    internal Backend Backend { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
