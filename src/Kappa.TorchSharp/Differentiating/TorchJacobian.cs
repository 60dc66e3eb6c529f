using Kappa.LinearAlgebra.Operators;
using Kappa.Tensors;
using Kappa.TorchSharp.Kernels;
using Kappa.TorchSharp.Sharing;
using Kappa.TorchSharp.Watching;
using TorchSharp;

namespace Kappa.TorchSharp.Differentiating;

/// <summary>The Jacobian of a function of TorchSharp at one input, as a matrix of its outputs by its inputs.</summary>
internal sealed class TorchJacobian : LinearOperator, IDisposable
{
    private readonly torch.Tensor _input;
    private readonly torch.Tensor _output;
    private readonly torch.Tensor _dual;
    private readonly torch.Tensor _carried;

    internal TorchJacobian(Func<torch.Tensor, torch.Tensor> function, torch.Tensor input)
        : this(Record(function, input))
    {
    }

    private TorchJacobian((torch.Tensor Input, torch.Tensor Output, torch.Tensor Dual, torch.Tensor Carried) recorded)
        : base(
            checked((int)recorded.Output.numel()), checked((int)recorded.Input.numel()), TorchTypes.TypeOf(recorded.Input.dtype),
            recorded.Input.device_type == DeviceType.CPU ? Device.Cpu : TorchDevice.Of(recorded.Input.device)) =>
        (_input, _output, _dual, _carried) = recorded;

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
        _dual.Dispose();
        _carried.Dispose();
    }

    /// <inheritdoc/>
    protected override Tensor ApplyCore(Tensor vectors) => Products(vectors, _output, along => Vjp(_carried, _dual, along.view(_input.shape)));

    /// <inheritdoc/>
    protected override Tensor ApplyAdjointCore(Tensor vectors) => Products(vectors, _input, along => Vjp(_output, _input, along.view(_output.shape)));

    private static (torch.Tensor Input, torch.Tensor Output, torch.Tensor Dual, torch.Tensor Carried) Record(
        Func<torch.Tensor, torch.Tensor> function, torch.Tensor input)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(input);
        if (input.numel() == 0 || !input.is_floating_point())
        {
            throw new ArgumentException(
                $"expected an input of floating numbers with one element or more; got [{string.Join(", ", input.shape)}] {input.dtype}", nameof(input));
        }

        using var native = torch.NewDisposeScope();
        using var recording = torch.enable_grad();
        using var unwatched = LayerWatcher.Pause();
        var leaf = input.detach().clone().requires_grad_();
        var output = function(leaf);
        if (!output.requires_grad)
            throw new ArgumentException("the function's output does not depend on its input by operations that are recorded", nameof(function));
        // u J is linear in u, and its derivative along v is J v.
        var dual = torch.zeros_like(output).requires_grad_();
        var carried = torch.autograd.grad([output], [leaf], [dual], retain_graph: true, create_graph: true)[0];
        SecondDerivatives.Require([carried], [dual]);
        return (leaf.DetachFromDisposeScope(), output.DetachFromDisposeScope(), dual.DetachFromDisposeScope(), carried.DetachFromDisposeScope());
    }

    private static torch.Tensor Vjp(torch.Tensor of, torch.Tensor by, torch.Tensor along) =>
        torch.autograd.grad([of], [by], [along], retain_graph: true)[0];

    private static Tensor Products(Tensor vectors, torch.Tensor like, Func<torch.Tensor, torch.Tensor> product)
    {
        int count = vectors.Shape[0];
        var result = vectors.New([count, checked((int)like.numel())]);
        for (int row = 0; row < count; row++)
        {
            using var scope = TensorScope.Begin();
            using var native = torch.NewDisposeScope();
            var along = torch.empty(vectors.Shape[1], dtype: like.dtype, device: like.device);
            SharedMemory.Of(along).CopyFromInPlace(vectors.Entry(row));
            result.Entry(row).CopyFromInPlace(SharedMemory.OfContiguous(product(along).detach().view(-1)));
        }

        return result;
    }
}
