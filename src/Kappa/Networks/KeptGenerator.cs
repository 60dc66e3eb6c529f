using System.Runtime.InteropServices;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Networks;

/// <summary>A generator that is only split, never advanced, as a tensor: what draws from it resumes whatever seed it was made with.</summary>
internal sealed class KeptGenerator
{
    /// <summary>Keeps the key and stream of generator 0, until another one is set.</summary>
    internal KeptGenerator()
    {
        using var outside = TensorScope.Suspend();
        Tensor = Tensor.Zeros([2], DataType.Int64);
    }

    /// <summary>Keeps a generator's key and stream.</summary>
    internal KeptGenerator(Philox generator)
        : this() => Value = generator;

    /// <summary>Int64 <c>[2]</c>: <see cref="PhiloxState.Key"/> and <see cref="PhiloxState.Stream"/>.</summary>
    internal Tensor Tensor { get; }

    /// <summary>The generator, at its start.</summary>
    internal Philox Value
    {
        get
        {
            var kept = MemoryMarshal.Cast<byte, long>(Tensor.Bytes);
            return Philox.FromState(new PhiloxState((ulong)kept[0], (ulong)kept[1], Counter: 0, Position: 0));
        }

        set
        {
            using var kept = Tensor.From((long)value.State.Key, (long)value.State.Stream);
            Tensor.CopyFromInPlace(kept);
        }
    }
}
