using System.Numerics;
using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Pieces;
using Kappa.Tensors;

namespace Kappa.Training;

/// <summary>Differentiates batches in a fixed number of pieces, which any number of processes may share: the bits do not depend on how many do.</summary>
/// <remarks>
/// <para>Each piece is computed by itself, as if it were a batch, and what adds up over the batch is added along one binary tree over the pieces: gradients and
/// losses, the statistics of batch normalisation, and the second moments of <c>DoPr</c>, which works in its primal form. Dropout draws from a stream of each
/// piece. A process takes the pieces of one branch of the tree, so that it adds up its own and the processes add up the rest
/// (<see cref="IProcessGroup"/>).</para>
/// <para>Where a layer takes sums over the batch in the midst of the model, the pieces of a process are computed side by side, with the memory of all of them;
/// otherwise one after the other, with the memory of one and some sums. Then, from the second step on, the gradients of late layers are on their way to the
/// other processes while those of early layers are computed.</para>
/// </remarks>
public sealed class BatchPieces : IDisposable
{
    private readonly IProcessGroup _group;
    private readonly bool _hasSumsWithin, _isSideBySide;
    private IReadOnlyList<Parameter> _parameters = [];
    private Dictionary<Tensor, int> _indices = [];
    private IReadOnlyList<IPieceObserver> _observers = [];
    private PieceTurns? _turns;
    private SharedStep? _step;

    /// <summary>Cuts the batches of a model.</summary>
    /// <param name="count">Pieces of a batch, a power of two.</param>
    /// <param name="group">Who shares them; a power of two as well, and no more than there are pieces.</param>
    /// <param name="model">What is trained.</param>
    /// <exception cref="ArgumentException">The pieces are not a power of two, or the processes cannot share them.</exception>
    public BatchPieces(int count, IProcessGroup group, Module model)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(model);
        RequireShared(count, group.Size);
        (Count, _group) = (count, group);
        _hasSumsWithin = model.Modules().Any(entry => entry.Module is BatchNorm);
        _isSideBySide = OwnCount > 1 && _hasSumsWithin;
    }

    /// <summary>Pieces of a batch.</summary>
    public int Count { get; }

    /// <summary>Pieces of this process.</summary>
    public int OwnCount => Count / _group.Size;

    /// <summary>Whether any process was asked to stop, as all know since the last step.</summary>
    public bool IsStopAgreed { get; private set; }

    /// <summary>Bytes that a process sent in the step before the last, in the mean over all processes.</summary>
    public double BytesSent { get; private set; }

    /// <summary>Whether each process takes the step of a part of the parameters, keeps the optimizer's state of those alone, and hands the others what they
    /// have become; otherwise all take the whole step. To the same bits.</summary>
    public bool IsStepShared { get; init; } = true;

    /// <summary>Looks whether so many processes can share a batch.</summary>
    /// <param name="count">Pieces of a batch.</param>
    /// <param name="processes">Processes.</param>
    /// <exception cref="ArgumentException">They cannot; the message says why.</exception>
    public static void RequireShared(int count, int processes)
    {
        if (count < 1 || !BitOperations.IsPow2(count))
            throw new ArgumentException($"pieces: expected a power of two, such as 8; got {count}", nameof(count));
        if (processes > count)
        {
            throw new ArgumentException(
                $"pieces: {count} pieces of a batch are shared by at most {count} processes; got {processes}. Start fewer, or raise pieces: to the same bits "
                + "only from the beginning on", nameof(count));
        }
        if (!BitOperations.IsPow2(processes))
        {
            throw new ArgumentException(
                $"pieces: {count} pieces are shared by 1, 2, 4, 8 or more processes, a power of two; got {processes}", nameof(processes));
        }
    }

    /// <summary>Looks whether an optimizer can do with what adds up over the pieces of a batch.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="ArgumentException">It cannot; the message says why and the way out.</exception>
    public static void RequireSummable(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        foreach (var observer in optimizer.PieceObservers)
            observer.RequireSummable();
    }

    /// <summary>The examples of a batch that this process takes.</summary>
    /// <param name="batchSize">Examples of the whole batch.</param>
    /// <exception cref="ArgumentException">They do not make pieces of one size.</exception>
    public Range RowsOf(int batchSize)
    {
        if (batchSize % Count != 0)
            throw new ArgumentException($"batchSize: expected a multiple of the {Count} pieces that a batch is cut into; got {batchSize}", nameof(batchSize));
        int own = batchSize / _group.Size;
        return (own * _group.Rank)..(own * (_group.Rank + 1));
    }

    /// <summary>What the first process has, in all of them.</summary>
    /// <param name="value">Its value.</param>
    public double OfFirst(double value)
    {
        Span<double> shared = [_group.Rank == 0 ? value : 0];
        _group.Sum(shared);
        return shared[0];
    }

    /// <summary>Gives the first process the state of an optimizer whose steps were shared, so that it can write a checkpoint. All call it.</summary>
    /// <param name="optimizer">The optimizer.</param>
    public void GatherState(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        _step?.GatherState(optimizer);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _turns?.Dispose();
        _step?.Dispose();
    }

    /// <summary>Looks whether the optimizers can do with sums over pieces.</summary>
    /// <exception cref="ArgumentException">One cannot; the message says why.</exception>
    internal void Serve(IReadOnlyList<Optimizer> optimizers)
    {
        _parameters = [.. optimizers.SelectMany(optimizer => optimizer.Parameters)];
        _indices = _parameters.Index().ToDictionary(pair => pair.Item.Tensor, pair => pair.Index);
        foreach (var optimizer in optimizers)
            RequireSummable(optimizer);
        _observers = [.. optimizers.SelectMany(optimizer => optimizer.PieceObservers)];
        _step?.Dispose();
        _step = new SharedStep(_group, optimizers, _observers, IsStepShared, canSendBeside: !_hasSumsWithin);
        foreach (var optimizer in optimizers)
            optimizer.Share = _step;
    }

    /// <summary>Leaves the gradient of a batch in the parameters.</summary>
    /// <param name="batch">The examples of this process.</param>
    /// <param name="loss">The mean loss of some examples.</param>
    /// <param name="cancellation">Whether this process is asked to stop, which all hear.</param>
    /// <returns>The mean loss of the whole batch.</returns>
    /// <exception cref="NonFiniteException">The loss of a piece is NaN or infinite; the message names the piece.</exception>
    internal double Differentiate(Batch batch, Func<Batch, Tensor> loss, CancellationToken cancellation)
    {
        int rows = batch.Inputs.Shape[0] / OwnCount;
        double[] losses = new double[OwnCount];
        var pieces = new BatchPiece[OwnCount];
        var shares = new PieceShare?[OwnCount];
        var step = _step!;
        var sums = new PieceSums(_parameters, _observers);
        step.Begin(sums);
        void Complete(Tensor leaf, int own)
        {
            if (!_indices.TryGetValue(leaf, out int parameter))
                return;
            sums.Add(parameter);
            if (own == OwnCount - 1)
                step.Complete(parameter);
        }
        void Work(int own)
        {
            int index = (_group.Rank * OwnCount) + own;
            pieces[own] = new BatchPiece(index, own == 0, values => SumOverPieces(own, values));
            try
            {
                using var entry = pieces[own].Enter();
                using var scope = TensorScope.Begin();
                var examples = new Batch(batch.Inputs.Range(own * rows, rows), batch.Targets.Range(own * rows, rows));
                // A power of two: the scaling rounds nothing.
                var value = loss(examples) * (1.0 / Count);
                value.Backward(_isSideBySide ? null : leaf => Complete(leaf, own));
                losses[own] = value.ToDouble();
                examples.Release();
            }
            catch (NonFiniteException error)
            {
                throw new NonFiniteException($"piece {index} of 0 to {Count - 1} of the batch: {error.Message}");
            }
            if (_isSideBySide)
                shares[own] = PieceShare.Take(_parameters, _observers);
            else
                sums.End(own == OwnCount - 1 ? step.Ready : null);
        }
        try
        {
            ComputeAll(Work);
        }
        catch
        {
            step.Abandon();
            throw;
        }
        foreach (var share in shares.OfType<PieceShare>())
            sums.Add(share);
        step.Finish();
        foreach (var (user, uses) in pieces[0].Uses)
            user.Advance(uses);
        double[] said = step.Sum(sums.Take(), [Tree(losses), cancellation.IsCancellationRequested ? 1 : 0, step.BytesSent]);
        IsStopAgreed = said[1] > 0;
        BytesSent = said[2] / _group.Size;
        return said[0];
    }

    /// <summary>Hands the parameters that a process has changed to all.</summary>
    internal void ShareParameters() => _step!.ShareParameters();

    /// <summary>Computes the pieces of this process.</summary>
    private void ComputeAll(Action<int> work)
    {
        if (_isSideBySide)
        {
            _turns ??= new PieceTurns(OwnCount, SumOverProcesses, Suspend, Resume);
            _turns.Run(work);
            return;
        }
        for (int own = 0; own < OwnCount; own++)
            work(own);
    }

    private static double Tree(ReadOnlySpan<double> values) => values.Length == 1
        ? values[0]
        : Tree(values[..(values.Length / 2)]) + Tree(values[(values.Length / 2)..]);

    private void SumOverPieces(int own, double[] values)
    {
        if (_isSideBySide)
            _turns!.Sum(own, values);
        else
            SumOverProcesses(values);
    }

    private void SumOverProcesses(double[] values) => _group.Sum(values);

    private object Suspend() =>
        (_parameters.Select(parameter => parameter.Tensor.TakeGradient()).ToArray(), _observers.Select(observer => observer.Suspend()).ToArray());

    private void Resume(object state)
    {
        var (gradients, gathered) = ((Tensor?[], object[]))state;
        for (int i = 0; i < gradients.Length; i++)
            _parameters[i].Tensor.PutGradient(gradients[i]);
        for (int i = 0; i < gathered.Length; i++)
            _observers[i].Resume(gathered[i]);
    }
}
