"""Versions of saved cuts; saved cuts and segments that can be deleted and brought back."""
import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('saved_cut_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('saved_cut_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('cut', sa.Text(), nullable=False),
    sa.Column('what', sa.String(length=40), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('user_name', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['saved_cut_id'], ['saved_cut.id'], name=op.f('fk_saved_cut_version_saved_cut_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_cut_version')),
    sa.UniqueConstraint('saved_cut_id', 'version', name='uq_saved_cut_version')
    )
    with op.batch_alter_table('saved_cut_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_saved_cut_version_saved_cut_id'), ['saved_cut_id'], unique=False)
    for table in ('saved_cut', 'segment'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column('changed_at', sa.DateTime(), nullable=True))
            batch_op.add_column(sa.Column('deleted_at', sa.DateTime(), nullable=True))
            batch_op.add_column(sa.Column('live_name', sa.String(length=240), nullable=True))
            batch_op.create_unique_constraint(batch_op.f(f'uq_{table}_live_name'), ['live_name'])
            if table == 'segment':
                batch_op.add_column(sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    # What was saved before versions were kept is its own first version.
    op.execute("INSERT INTO saved_cut_version (saved_cut_id, version, name, cut, what, user_id, user_name, created_at) "
               "SELECT id, version, name, cut, 'saved', user_id, user_name, created_at FROM saved_cut")


def downgrade() -> None:
    for table in ('segment', 'saved_cut'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f'uq_{table}_live_name'), type_='unique')
            batch_op.drop_column('live_name')
            batch_op.drop_column('deleted_at')
            batch_op.drop_column('changed_at')
            if table == 'segment':
                batch_op.drop_column('version')
    with op.batch_alter_table('saved_cut_version', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_saved_cut_version_saved_cut_id'))
    op.drop_table('saved_cut_version')
