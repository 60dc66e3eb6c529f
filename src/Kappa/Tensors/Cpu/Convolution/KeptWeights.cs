using System.Numerics;
using Kappa.Tensors.Cpu.Products;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Memory;

namespace Kappa.Tensors.Cpu.Convolution;

/// <summary>The weights of a convolution in the order in which products read them, kept from one inference to the next while nobody writes to them.</summary>
/// <remarks>
/// They lie at the block of memory that they are of, which forgets them at its next change. They are made at the second use of the same values, so that weights
/// which are used once cost what they did. Weights that a user can write to without the library's knowledge (<see cref="TensorStorage.IsExposed"/>) are not
/// kept. Products with them sum in the same order as those without: results are the same bits.
/// </remarks>
internal sealed unsafe class KeptWeights
{
    private readonly Order _order;

    private KeptWeights(Order order) => _order = order;

    /// <summary>Packed column panels, [group][block of the sum][panel][depth][columns of a panel]; null after the first use.</summary>
    private Tensor? Values { get; set; }

    /// <summary>The kernels whose order it is.</summary>
    internal object Kernels => _order.Kernels;

    /// <summary>Elements of one group.</summary>
    internal nint GroupLength { get; private set; }

    /// <summary>The kept weights of a convolution; null where there are none.</summary>
    internal static KeptWeights? Find<T>(in ConvolutionGeometry geometry, Tensor weight)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var storage = weight.Storage;
        var kernels = KernelTable<T>.Selected;
        // Narrow groups would be mostly filling.
        if (storage.IsExposed || geometry.GroupOutputs < kernels.Lanes || !ProductPlan.IsPlain(geometry.PatchLength))
            return null;
        var order = new Order((nint)weight.Pointer<T>(), storage.Version, geometry.Groups, weight.Shape.ToString(), kernels);
        if (storage.Kept is not KeptWeights kept || kept._order != order)
        {
            storage.Kept = new KeptWeights(order);
            return null;
        }

        kept.Values ??= kept.Pack<T>(geometry, weight, kernels);
        return kept;
    }

    internal T* Pointer<T>()
        where T : unmanaged => Values!.Pointer<T>();

    private Tensor Pack<T>(in ConvolutionGeometry geometry, Tensor weight, KernelTable<T> kernels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int columns = geometry.GroupOutputs, depth = geometry.PatchLength, width = kernels.PanelColumns;
        nint panels = (columns + width - 1) / width;
        GroupLength = panels * width * depth;
        T* inputsFirst = Workspace.Rent<T>(Workspace.Purpose.ConvolutionWeights, (long)geometry.WeightCount + ConvolutionWeights.StripCount(geometry));
        ConvolutionWeights.ToInputsFirst(geometry, weight.Pointer<T>(), inputsFirst + geometry.WeightCount, inputsFirst);
        using var outside = TensorScope.Suspend();
        var values = Tensor.Zeros([checked((int)(GroupLength * geometry.Groups))], weight.DataType);
        for (int group = 0; group < geometry.Groups; group++)
        {
            for (int step = 0; step < depth; step += ProductPlan.BlockOf(depth))
            {
                PackingJob<T>.Pack(
                    kernels, transposed: false, Math.Min(ProductPlan.BlockOf(depth), depth - step), columns,
                    inputsFirst + ((((nint)group * depth) + step) * columns), columns, values.Pointer<T>() + (group * GroupLength) + (panels * width * step));
            }
        }

        return values;
    }

    /// <summary>Of what values they are, and for whom.</summary>
    private sealed record Order(nint First, long Version, int Groups, string Shape, object Kernels);
}
