using Kappa.Tensors;
using TorchSharp;

namespace Kappa.TorchSharp.Kernels;

/// <content>Products of matrices in fewer bits, where the device is opened so. Of linear layers, of MatMul and of their derivatives: Gram matrices, factors and
/// solves keep the bits of their operands.</content>
internal sealed partial class TorchBackend
{
    /// <summary>a b, or a b plus a row.</summary>
    private torch.Tensor Product(torch.Tensor a, torch.Tensor b, torch.Tensor? row = null)
    {
        if (_precision == MatrixPrecision.Bfloat16 && a.dtype == torch.ScalarType.Float32)
        {
            // As autocast does it: the result is rounded as well, and what is added to it is added in single precision.
            var product = torch.mm(a.to(torch.bfloat16), b.to(torch.bfloat16)).to(torch.float32);
            return row is null ? product : product.add_(row);
        }

        return row is null ? torch.mm(a, b) : torch.addmm(row, a, b, 1, 1);
    }
}
