using Kappa.Pieces;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Arithmetic;

/// <summary>Rows that stay orthonormal: Gram and Schmidt, twice, which is as orthogonal as the arithmetic allows (Giraud and others, 2005).</summary>
/// <remarks>
/// The columns are cut into pieces of a few MB, each a tensor of its own: the basis may be larger than a tensor can be, coefficients are sums in double over
/// the pieces, and memory is touched only as rows come in. Where several processes share the basis, all of them calling each member, each keeps some of the
/// pieces: blocks that come in and rows that go out are whole in every process, and the bits are those of one process. What is taken off a block is gathered
/// for its norm, and the rows that were appended last stay whole, since they are what is multiplied next.
/// </remarks>
internal sealed class OrthonormalBasis : IDisposable
{
    private const int MostColumns = 16384;
    private const long PieceBytes = 64L << 20;

    private readonly int _dimension;
    private readonly int _width;
    private readonly DataType _type;
    private readonly Device _device;
    private readonly ColumnShares _shares;
    private readonly Tensor[] _pieces;

    // The last rows, whole; null where every piece is here.
    private Tensor? _last;

    internal OrthonormalBasis(int capacity, int dimension, DataType type, Device device, IProcessGroup? processes = null)
    {
        (Capacity, _dimension, _type, _device) = (capacity, dimension, type, device);
        _width = (int)Math.Clamp(PieceBytes / ((long)capacity * type.SizeOf()), 1, Math.Min(dimension, MostColumns));
        _shares = new ColumnShares(((dimension - 1) / _width) + 1, _width, dimension, processes);
        _pieces = new Tensor[_shares.Count];
        for (int piece = 0; piece < _pieces.Length; piece++)
            _pieces[piece] = Tensor.Uninitialized([capacity, Math.Min(_width, dimension - StartOf(piece))], type, device).Keep();
    }

    internal int Capacity { get; private set; }

    internal int Count { get; private set; }

    /// <summary>Bytes that this process has room for.</summary>
    internal long Bytes => _pieces.Sum(piece => (long)piece.Count * _type.SizeOf());

    /// <summary>A copy of some of the rows so far, <c>[length, N]</c>.</summary>
    internal Tensor Rows(int start, int length)
    {
        if (_last is not null && Count - start <= _last.Shape[0])
        {
            using var whole = _last.Range(start - (Count - _last.Shape[0]), length);
            return whole.Clone();
        }

        var rows = Tensor.Uninitialized([length, _dimension], _type, _device);
        ForEachPiece(piece =>
        {
            int width = _pieces[piece].Shape[1];
            rows.Backend.CopyBlock(_pieces[piece], start * width, width, rows, StartOf(piece), _dimension, length, width);
        });
        _shares.Gather(rows);
        return rows;
    }

    /// <summary>Combinations of the first rows, a new tensor.</summary>
    internal Tensor Combine(double[,] coefficients)
    {
        int length = coefficients.GetLength(0);
        var result = Tensor.Uninitialized([length, _dimension], _type, _device);
        ForEachPiece(piece =>
        {
            using var span = _pieces[piece].Range(0, coefficients.GetLength(1));
            using var part = BlockArithmetic.Combine(coefficients, span);
            Put(part, result, piece);
        });
        _shares.Gather(result);
        return result;
    }

    /// <summary>Takes the part inside the span off each row of a block; the coefficients that were taken.</summary>
    internal double[,] Project(Tensor block) => Project(block, 0, Count);

    /// <summary>
    /// Appends the rows of a block that is orthogonal to the basis, made orthonormal; those shorter than a threshold are left out. Gives L with
    /// block = L (appended rows): <c>[block rows, appended]</c>. The block is used up.
    /// </summary>
    internal double[,] Append(Tensor block, double threshold)
    {
        int rows = block.Shape[0], first = Count, added = 0;
        double[,] factor = new double[rows, rows];
        int[] appended = new int[rows];
        for (int i = 0; i < rows; i++)
        {
            using var row = block.Range(i, 1);
            double before = BlockArithmetic.Norm(row);
            double[,] part = Project(row, first, added);
            for (int j = 0; j < added; j++)
                factor[i, j] = part[0, j];
            double norm = added > 0 ? BlockArithmetic.Norm(row) : before;
            if (!(norm > threshold) || Count == Capacity)
                continue;
            // A row that lost most of its length to the earlier ones is noise in part: take the span off again.
            BlockArithmetic.Scale(row, 1 / norm);
            if (norm < 1e-2 * before || before < 100 * threshold)
            {
                _ = Project(row);
                BlockArithmetic.Scale(row, 1 / BlockArithmetic.Norm(row));
            }

            Store(row);
            appended[added] = i;
            factor[i, added++] = norm;
        }

        if (_shares.AreShared && added > 0)
            KeepWhole(block, appended.AsSpan(0, added));

        double[,] result = new double[rows, added];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < added; j++)
                result[i, j] = factor[i, j];
        }

        return result;
    }

    /// <summary>Appends random rows, orthogonal to the basis.</summary>
    internal int AppendRandom(int rows, Philox generator)
    {
        int wanted = Math.Min(rows, Math.Min(Capacity, _dimension) - Count);
        if (wanted <= 0)
            return 0;
        using var block = Tensor.Normal([wanted, _dimension], generator, type: _type, device: _device);
        _ = Project(block);
        return Append(block, 1e-3).GetLength(1);
    }

    /// <summary>Replaces the basis by combinations of its rows (orthonormal coefficients) followed by some of its last rows.</summary>
    internal void Compress(double[,] coefficients, int keepLast)
    {
        int kept = coefficients.GetLength(0), count = Count;
        ForEachPiece(piece =>
        {
            using var span = _pieces[piece].Range(0, coefficients.GetLength(1));
            using var combined = BlockArithmetic.Combine(coefficients, span);
            using var lastRows = _pieces[piece].Range(count - keepLast, keepLast);
            using var last = lastRows.Clone();
            using var head = _pieces[piece].Range(0, kept);
            head.CopyFromInPlace(combined);
            using var tail = _pieces[piece].Range(kept, keepLast);
            tail.CopyFromInPlace(last);
        });
        Count = kept + keepLast;
        if (_last?.Shape[0] > keepLast)
            Forget();
    }

    /// <summary>Makes room for more rows; those so far stay.</summary>
    internal void Grow(int capacity)
    {
        for (int piece = 0; piece < _pieces.Length; piece++)
        {
            using var old = _pieces[piece];
            int width = old.Shape[1];
            _pieces[piece] = Tensor.Uninitialized([capacity, width], _type, _device).Keep();
            _pieces[piece].Backend.CopyBlock(old, 0, width, _pieces[piece], 0, width, Count, width);
        }

        Capacity = capacity;
    }

    public void Dispose()
    {
        Array.ForEach(_pieces, piece => piece.Dispose());
        Forget();
    }

    /// <summary>Twice: each sweep over the pieces takes off what the one before it found, and measures what is left.</summary>
    private double[,] Project(Tensor block, int first, int count)
    {
        int rows = block.Shape[0];
        double[,] total = new double[rows, count];
        if (count == 0)
            return total;
        var parts = new double[_pieces.Length][,];
        double[,]? found = null;
        for (int sweep = 0; sweep < 3; sweep++)
        {
            ForEachPiece(piece =>
            {
                using var span = _pieces[piece].Range(first, count);
                using var own = Tensor.Uninitialized([rows, span.Shape[1]], _type, _device);
                own.Backend.CopyBlock(block, StartOf(piece), _dimension, own, 0, span.Shape[1], rows, span.Shape[1]);
                if (found is not null)
                {
                    BlockArithmetic.SubtractCombination(found, span, own);
                    Put(own, block, piece);
                }

                if (sweep < 2)
                    parts[piece] = BlockArithmetic.Gram(own, span);
            });
            if (sweep == 2)
                break;
            found = _shares.Sum(parts, rows, count);
            BlockArithmetic.Add(found, total);
        }

        _shares.Gather(block);
        return total;
    }

    private void Store(Tensor row)
    {
        ForEachPiece(piece =>
        {
            int width = _pieces[piece].Shape[1];
            _pieces[piece].Backend.CopyBlock(row, StartOf(piece), _dimension, _pieces[piece], Count * width, width, 1, width);
        });
        Count++;
    }

    /// <summary>Keeps some rows of a block as they are: the last of the basis.</summary>
    private void KeepWhole(Tensor block, ReadOnlySpan<int> rows)
    {
        Forget();
        _last = Tensor.Uninitialized([rows.Length, _dimension], _type, _device).Keep();
        for (int i = 0; i < rows.Length; i++)
            _last.Backend.CopyBlock(block, rows[i] * _dimension, _dimension, _last, i * _dimension, _dimension, 1, _dimension);
    }

    private void Forget()
    {
        _last?.Dispose();
        _last = null;
    }

    private void Put(Tensor part, Tensor rows, int piece)
    {
        int width = part.Shape[1];
        rows.Backend.CopyBlock(part, 0, width, rows, StartOf(piece), _dimension, part.Shape[0], width);
    }

    /// <summary>The first column of a piece of this process.</summary>
    private int StartOf(int piece) => (_shares.First + piece) * _width;

    private void ForEachPiece(Action<int> work) => ComputeThreads.ForEach(_device, _pieces.Length, work);
}
