from flask import Blueprint, abort, jsonify, request
from flask_jwt_extended import get_jwt_identity, jwt_required

from blog import db
from blog.models import Post

posts = Blueprint("posts", __name__)


@posts.get("/")
@jwt_required()
def list_posts():
    page = Post.query.order_by(Post.id.desc()).paginate(page=request.args.get("page", 1, type=int), per_page=request.args.get("limit", 20, type=int))
    return jsonify(posts=[post.to_dict() for post in page.items], total=page.total, page=page.page, pages=page.pages)


@posts.get("/<int:post_id>")
@jwt_required()
def get_post(post_id):
    return jsonify(db.get_or_404(Post, post_id).to_dict())


@posts.post("/")
@jwt_required()
def create_post():
    given = request.get_json() or {}
    if not given.get("title") or not given.get("body"):
        abort(400, "title and body are required")
    post = Post(title=given["title"], body=given["body"], user_id=int(get_jwt_identity()))
    db.session.add(post)
    db.session.commit()
    return jsonify(post.to_dict()), 201


@posts.put("/<int:post_id>")
@jwt_required()
def update_post(post_id):
    post = mine(post_id)
    given = request.get_json() or {}
    post.title, post.body = given.get("title", post.title), given.get("body", post.body)
    db.session.commit()
    return jsonify(post.to_dict())


@posts.delete("/<int:post_id>")
@jwt_required()
def delete_post(post_id):
    db.session.delete(mine(post_id))
    db.session.commit()
    return "", 204


def mine(post_id):
    post = db.get_or_404(Post, post_id)
    if post.user_id != int(get_jwt_identity()):
        abort(403, "This belongs to somebody else")
    return post
