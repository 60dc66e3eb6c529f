using Kappa.Tensors;
using TorchSharp;

namespace Kappa.TorchSharp.Kernels;

/// <content>Products in fewer bits, where the device is opened so. Of linear layers, convolutions, attention, MatMul and their derivatives: Gram matrices,
/// factors and solves keep the bits of their operands.</content>
internal sealed partial class TorchBackend
{
    /// <summary>a b, or a b plus a row.</summary>
    private torch.Tensor Product(torch.Tensor a, torch.Tensor b, torch.Tensor? row = null)
    {
        if (IsNarrow(a))
        {
            // As autocast does it: the result is rounded as well, and what is added to it is added in single precision.
            var product = torch.mm(Narrow(a), Narrow(b)).to(torch.float32);
            return row is null ? product : product.add_(row);
        }

        return row is null ? torch.mm(a, b) : torch.addmm(row, a, b, 1, 1);
    }

    /// <summary>An operand in the bits that products are computed in.</summary>
    private torch.Tensor Narrow(torch.Tensor x) => IsNarrow(x) ? x.to(torch.bfloat16) : x;

    private bool IsNarrow(torch.Tensor x) => _precision == MatrixPrecision.Bfloat16 && x.dtype == torch.ScalarType.Float32;
}
