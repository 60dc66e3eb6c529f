namespace Kappa.Tensors.Kernels;

/// <summary>The elements of a tensor of any device on the host, to read and write there: those of the tensor itself where it is on the host, and a copy that
/// goes back at the end where not.</summary>
internal readonly ref struct HostEdit
{
    private readonly Tensor _tensor;
    private readonly Tensor _host;

    private HostEdit(Tensor tensor, Tensor host) => (_tensor, _host) = (tensor, host);

    /// <summary>Begins it. Dispose the result when the writing is done.</summary>
    internal static HostEdit Of(Tensor tensor) => new(tensor, tensor.OnHost());

    /// <summary>Begins it for elements that are all to be written: what was there need not be copied.</summary>
    internal static HostEdit Over(Tensor tensor) => new(tensor, tensor.Device.IsHost ? tensor : Tensor.Uninitialized(tensor.Shape, tensor.DataType));

    /// <summary>The elements.</summary>
    internal Span<T> Values<T>()
        where T : unmanaged => _host.WritableValues<T>();

    /// <summary>The elements as bytes.</summary>
    internal Span<byte> Bytes => _host.WritableBytes();

    public void Dispose()
    {
        if (_host == _tensor)
            return;
        _tensor.CopyFromInPlace(_host);
        _host.Dispose();
    }
}
