using System.Runtime.InteropServices;
using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Pieces;
using Kappa.Tensors;

namespace Kappa.Training;

/// <summary>A step that several processes share: who takes that of which parameters, what adds up over the processes, and what they have become.</summary>
internal sealed class SharedStep : IStepShare, IDisposable
{
    // Large enough for its time to be that of its bytes, small enough to be near when it is added.
    private const long BucketBytes = 2 << 20;

    private readonly IProcessGroup _group;
    private readonly IReadOnlyList<Optimizer> _optimizers;
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly IReadOnlyList<IPieceObserver> _observers;
    private readonly bool _isShared, _canSendBeside;
    private readonly List<int> _completed = [];
    private readonly PartedTensors<float> _singles = new(DataType.Float32);
    private readonly PartedTensors<double> _doubles = new(DataType.Float64);
    private GradientMessages? _messages;
    private PieceSums? _sums;
    private bool _isSending;
    private Ownership? _ownership;
    private (Tensor Tensor, int Owner)[][]? _rounds;
    private bool[] _hasGradient = [];
    private long _bytesAtStart;

    /// <summary>Nothing is sent yet.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="optimizers">Whose step it is.</param>
    /// <param name="observers">What they gather beside gradients.</param>
    /// <param name="isShared">Whether each process takes the step of a part of the parameters; otherwise all take the whole step.</param>
    /// <param name="canSendBeside">Whether gradients may be sent while those of earlier layers are computed: the model itself sends nothing.</param>
    internal SharedStep(
        IProcessGroup group, IReadOnlyList<Optimizer> optimizers, IReadOnlyList<IPieceObserver> observers, bool isShared, bool canSendBeside)
    {
        (_group, _optimizers, _observers, _isShared) = (group, optimizers, observers, isShared && group.Size > 1);
        _parameters = [.. optimizers.SelectMany(optimizer => optimizer.Parameters)];
        // A device may be used by one thread alone.
        _canSendBeside = canSendBeside && group.Size > 1 && _parameters.All(parameter => parameter.Tensor.Device.IsHost);
    }

    /// <summary>Bytes that this process has sent for the step.</summary>
    internal long BytesSent { get; private set; }

    /// <summary>Whether the step of what has this name is taken here.</summary>
    internal bool IsOwn(string name) => !_isShared || _ownership!.IsOwn(name);

    /// <summary>A batch begins. From the second step on, since the first shows in which order they are complete, gradients are sent when they are.</summary>
    /// <param name="sums">Where they add up.</param>
    internal void Begin(PieceSums sums)
    {
        (_sums, _bytesAtStart, _isSending) = (sums, _group.BytesSent, _ownership is not null && _canSendBeside);
        if (!_isSending)
            return;
        _messages ??= new GradientMessages(
            MakeBuckets(), bucket => SendOwned([.. OwnedGradients(bucket, bucket.Select(parameter => _sums!.GradientOf(parameter)))]));
        _messages.Begin();
    }

    /// <summary>The last piece of this process has left a gradient.</summary>
    internal void Complete(int parameter)
    {
        if (_ownership is null)
            _completed.Add(parameter);
        Ready(parameter);
    }

    /// <summary>The last piece of this process has left a gradient, or none.</summary>
    internal void Ready(int parameter)
    {
        if (_isSending)
            _messages!.Ready(parameter);
    }

    /// <summary>Waits until the gradients that were sent beside the backward pass are there.</summary>
    internal void Finish()
    {
        if (_isSending)
            _messages!.Finish();
    }

    /// <summary>Gives up after a failure of this process.</summary>
    internal void Abandon()
    {
        if (_isSending)
            _messages!.Abandon();
    }

    /// <summary>Adds up over the processes: what has an owner for its owner, or for all where steps are not shared, and the rest, which is short, for
    /// all.</summary>
    /// <param name="share">The sums over the pieces of this process, which become those over all.</param>
    /// <param name="own">Numbers of this process.</param>
    /// <returns>Their sums.</returns>
    internal double[] Sum(PieceShare share, double[] own)
    {
        _hasGradient = [.. share.Gradients.Select(gradient => gradient is not null)];
        _ownership ??= Ownership.Of(
            _parameters, _observers.SelectMany(observer => observer.Owners),
            index => _optimizers.Count == 1 ? _optimizers[0].StepFlops(index) : 0, _group.Rank, _group.Size);
        List<(Tensor Tensor, int Owner)> owned = _isSending ? [] : [.. OwnedGradients(Enumerable.Range(0, _parameters.Count), share.Gradients)];
        var common = new List<Tensor>();
        foreach (var (observer, tensors) in _observers.Zip(share.Observed))
        {
            foreach (var (owners, tensor) in observer.Owners.Zip(tensors))
            {
                if (owners.Count == 0)
                    common.Add(tensor);
                // Several where a resumed run saw only later that they go together. Where steps are whole, all get it anyway.
                foreach (int owner in owners.Select(_ownership.OwnerOf).Distinct().Take(_isShared ? owners.Count : 1))
                    owned.Add((tensor, owner));
            }
        }
        double[] said = [.. own, .. common.SelectMany(tensor => tensor.ToArray<double>())];
        _group.Sum(said);
        int at = own.Length;
        foreach (var tensor in common)
        {
            said.AsSpan(at, tensor.Count).CopyTo(tensor.WritableValues<double>());
            at += tensor.Count;
        }
        if (_group.Size > 1)
            SendOwned(owned);
        share.Put(_parameters, _observers, IsOwn);
        BytesSent = _group.BytesSent - _bytesAtStart;
        return said[..own.Length];
    }

    /// <summary>Hands the parameters that a process has changed to all, and when its layers are due.</summary>
    internal void ShareParameters()
    {
        if (_ownership is null || !_isShared)
            return;
        long before = _group.BytesSent;
        foreach (var some in _rounds ??= _ownership.Rounds(_parameters, BucketBytes))
        {
            _singles.Send(some, _group.Size, _group.AllGather, isGiven: owner => owner == _group.Rank, isTaken: owner => owner != _group.Rank);
            _doubles.Send(some, _group.Size, _group.AllGather, isGiven: owner => owner == _group.Rank, isTaken: owner => owner != _group.Rank);
        }
        foreach (var observer in _observers)
        {
            double[] standing = observer.StandingOf(IsOwn);
            if (standing.Length > 0)
                _group.Sum(standing);
            observer.PutStanding(standing, IsOwn);
        }
        BytesSent += _group.BytesSent - before;
    }

    /// <summary>Gives the first process the state of an optimizer whose steps were shared. All call it.</summary>
    internal void GatherState(Optimizer optimizer)
    {
        if (_ownership is null || !_isShared)
            return;
        var own = optimizer.State();
        bool IsOwnState(string name) => _ownership.OwnerOfState(name) == _group.Rank;
        byte[][] others = _group.Gather(_group.Rank == 0 ? [] : StateMessage.Write(own, IsOwnState));
        if (_group.Rank == 0)
            optimizer.Load(StateMessage.Merge(own, name => _ownership.OwnerOfState(name) is null or 0, others));
    }

    /// <inheritdoc/>
    bool IStepShare.HasGradient(int parameter) => _hasGradient[parameter];

    /// <inheritdoc/>
    void IStepShare.Exchange(double[] ofParameters)
    {
        long before = _group.BytesSent;
        if (_isShared)
            _group.Sum(ofParameters);
        BytesSent += _group.BytesSent - before;
    }

    /// <summary>Ends the thread that sends.</summary>
    public void Dispose() => _messages?.Dispose();

    /// <summary>Which gradients are sent together, in the order of the first process: one that found another order waits, and no more.</summary>
    private int[][] MakeBuckets()
    {
        int[] order = [.. _completed.Union(Enumerable.Range(0, _parameters.Count))];
        order = MemoryMarshal.Cast<byte, int>(_group.Gather(MemoryMarshal.AsBytes<int>(order))[0]).ToArray();
        long BytesOf(int parameter) => (long)_parameters[parameter].Tensor.Count * _parameters[parameter].Tensor.DataType.SizeOf();
        return [.. GradientMessages.Buckets(order, BytesOf, BucketBytes)];
    }

    private IEnumerable<(Tensor Tensor, int Owner)> OwnedGradients(IEnumerable<int> parameters, IEnumerable<Tensor?> gradients) => parameters.Zip(gradients)
        .Where(pair => pair.Second is not null).Select(pair => (pair.Second!, _ownership!.OwnerOf(_parameters[pair.First].Name)));

    /// <summary>Sums tensors for their owners, or for all where steps are not shared.</summary>
    private void SendOwned(List<(Tensor Tensor, int Owner)> owned)
    {
        if (_isShared)
        {
            _singles.Send(owned, _group.Size, _group.ReduceScatter, isGiven: _ => true, isTaken: owner => owner == _group.Rank);
            _doubles.Send(owned, _group.Size, _group.ReduceScatter, isGiven: _ => true, isTaken: owner => owner == _group.Rank);
            return;
        }
        _singles.Send(owned, _group.Size, (values, _) => _group.Sum(values), isGiven: _ => true, isTaken: _ => true);
        _doubles.Send(owned, _group.Size, (values, _) => _group.Sum(values), isGiven: _ => true, isTaken: _ => true);
    }
}
